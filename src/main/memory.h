/* SPDX-License-Identifier: Apache-2.0
 *
 * memory.h -- how much memory this process may take: the machine's, or less where a cgroup says so.
 *
 * Main thread. `root` is "" but in tests: files are read below it (/proc/self/cgroup,
 * /sys/fs/cgroup of version 2, /sys/fs/cgroup/memory of version 1). What cannot be read sets no
 * limit. */
#pragma once

#include <stdint.h>

uint64_t memory_available_bytes(const char *root, uint64_t machine_bytes);
uint64_t memory_machine_bytes(void);
