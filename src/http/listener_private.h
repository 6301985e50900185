/* SPDX-License-Identifier: Apache-2.0
 *
 * listener_private.h -- between listener.c and the kinds of addresses. */
#pragma once

#include <sys/socket.h>

#include "http/listener.h"

enum { LISTENER_BACKLOG = 4096 };

/* Each fills the fds (all -1 before) and the name, its sockets listen; what was opened when it
 * fails is closed by listener_close. */
must_check enum err_code listener_tcp_open(struct listener *l, struct slice address,
					   struct err *reterr);
must_check enum err_code listener_unix_open(struct listener *l, struct slice address,
					    struct err *reterr);
must_check enum err_code listener_vsock_open(struct listener *l, struct slice address,
					     struct err *reterr);

bool listener_is_vsock(struct slice address);

/* A kind that cannot share an address: fds[0] is there, the others become the same socket. */
must_check enum err_code listener_share(struct listener *l, struct err *reterr);

void listener_unix_remove(struct listener_place *place);

void listener_tcp_name(const struct sockaddr_storage *a, char *ret, size_t size);
void listener_unix_name(const struct sockaddr_storage *a, socklen_t len, char *ret, size_t size);
void listener_vsock_name(const struct sockaddr_storage *a, char *ret, size_t size);

/* "listen tcp 127.0.0.1:9091: bind: address already in use", from errno. */
enum err_code listener_failed(const char *network, const char *address, const char *call,
			      struct err *reterr);
