/* SPDX-License-Identifier: Apache-2.0
 *
 * process.h -- what the system says of this process: the process_* metrics of client_golang, from
 * /proc. What cannot be read is left out. Any thread. */
#pragma once

#include <stdbool.h>

#include "base/must.h"
#include "base/slice.h"

enum process_number {
	PROCESS_CPU_SECONDS,
	PROCESS_MAX_FDS,
	PROCESS_RECEIVED_BYTES, /* of the whole network namespace */
	PROCESS_SENT_BYTES,
	PROCESS_OPEN_FDS,
	PROCESS_RESIDENT_BYTES,
	PROCESS_START_SECONDS, /* Unix */
	PROCESS_VIRTUAL_BYTES,
	PROCESS_VIRTUAL_BYTES_MAX,
};
enum { PROCESS_NUMBERS = PROCESS_VIRTUAL_BYTES_MAX + 1 };

struct process_numbers {
	bool known[PROCESS_NUMBERS];
	double value[PROCESS_NUMBERS];
};

/* Unix seconds of the boot, from the text of /proc/stat. */
must_check bool process_parse_boot(struct slice text, double *ret_seconds);

/* /proc/self/stat: the CPU's, resident and virtual numbers and, counted from `boot_seconds` when
 * that is not 0, the start. */
void process_parse_stat(struct slice text, double boot_seconds, struct process_numbers *ret);

/* /proc/self/net/netstat: bytes received and sent. */
void process_parse_netstat(struct slice text, struct process_numbers *ret);

double process_boot_seconds(void); /* 0: unknown */

/* All of them, now. */
void process_read(double boot_seconds, struct process_numbers *ret);
