/* SPDX-License-Identifier: Apache-2.0
 *
 * listener.h -- from "HOST:PORT" to listening sockets, with the reference's words for failures.
 *
 * Main thread. HOST is a name, an address, [v6], or empty: all interfaces, IPv4 and IPv6. Like the
 * reference, 0.0.0.0 means the same as empty. PORT is a number or a service name; 0 or nothing: any
 * free one. */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct listener {
	int *fds; /* one per worker, all bound to the same address */
	uint32_t n_fds;
	char name[64]; /* the bound address: 127.0.0.1:9091, [::]:9091 */
};

must_check enum err_code listener_open(struct listener *l, struct slice address, uint32_t n_fds,
				       struct err *reterr);
void listener_refuse(struct listener *l); /* from now on; the workers may still hold the sockets */
void listener_close(struct listener *l);  /* also after a failed or no open, if zeroed */
