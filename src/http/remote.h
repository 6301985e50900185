/* SPDX-License-Identifier: Apache-2.0
 *
 * remote.h -- the other end of a connection, as text: 192.0.2.1:50000, [2001:db8::1]:50000,
 * vm(3):50000, unix:uid=1000,pid=4711. Any thread. */
#pragma once

#include <stddef.h>
#include <sys/socket.h>

enum { REMOTE_BYTES_MAX = 64 };

/* What accept gave; returns the length. */
size_t remote_format(int fd, const struct sockaddr_storage *remote, char ret[REMOTE_BYTES_MAX]);
