/* SPDX-License-Identifier: Apache-2.0
 *
 * systemd.h -- what the service manager gives (sockets) and wants to know (how far we are).
 *
 * Main thread. Without systemd nothing happens: the environment tells. */
#pragma once

#include "base/err.h"

/* The sockets of LISTEN_FDS, which are the caller's from now on; the environment forgets them. An
 * error when there are none. */
must_check enum err_code systemd_sockets(struct arena *arena, const int **ret, size_t *ret_n,
					 struct err *reterr);

/* $NOTIFY_SOCKET is set: somebody wants to be told. */
bool systemd_listens(void);

void systemd_say_ready(void);
void systemd_say_stopping(void);
/* One line of what is being done. */
void systemd_say_status(struct slice text);
