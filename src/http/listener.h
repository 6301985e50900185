/* SPDX-License-Identifier: Apache-2.0
 *
 * listener.h -- from an address to listening sockets, with the reference's words for failures.
 *
 * Main thread. An address is one of
 *   HOST:PORT                  HOST is a name, an address, [v6], or empty: all interfaces, IPv4 and
 *                              IPv6. Like the reference, 0.0.0.0 means the same as empty. PORT is a
 *                              number or a service name; 0 or nothing: any free one.
 *   vsock://:PORT              between a virtual machine and its host; as in the reference, what
 *                              stands before the colon means nothing
 *   unix:/PATH[,mode=0660]     a Unix socket. Without a mode the umask says who may connect. One
 *                              that is there already is replaced if nobody listens on it; ours is
 *                              removed when the listener is closed, if it is still there. */
#pragma once

#include <stdint.h>
#include <sys/types.h>
#include <sys/un.h>

#include "base/err.h"

/* Where a Unix socket was bound. */
struct listener_place {
	int folder_fd; /* -1: it is none, or somebody else's */
	char base[sizeof(((struct sockaddr_un *)NULL)->sun_path)]; /* in that folder */
	dev_t device;
	ino_t inode;
};

struct listener {
	int *fds; /* one per worker, all bound to the same address */
	uint32_t n_fds;
	bool inherited; /* others hold the socket too, and go on with it */
	struct listener_place place;
	char name[128]; /* the bound address: 127.0.0.1:9091, [::]:9091, vm(3):9091, /run/x.sock */
};

must_check enum err_code listener_open(struct listener *l, struct slice address, uint32_t n_fds,
				       struct err *reterr);
/* A listening stream socket that somebody else has opened: systemd. Takes `fd`, also when it fails.
 */
must_check enum err_code listener_adopt(struct listener *l, int fd, uint32_t n_fds,
					struct err *reterr);
/* The path of a Unix socket's address; false when it is no such address. */
bool listener_is_unix(struct slice address, struct slice *ret_path);

/* From now on; the workers may still hold the sockets. Connections to an inherited one wait for
 * whoever accepts next. */
void listener_refuse(struct listener *l);
void listener_close(struct listener *l); /* also after a failed or no open, if zeroed */
