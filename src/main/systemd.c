/* SPDX-License-Identifier: Apache-2.0 */
#include "main/systemd.h"

#include <stdlib.h>
#include <systemd/sd-daemon.h>

enum err_code systemd_sockets(struct arena *arena, const int **ret, size_t *ret_n,
			      struct err *reterr)
{
	int n = sd_listen_fds(1);
	int *fds;

	if (n <= 0) /* a broken environment gives none, as in the reference */
		return err_set(reterr, ERR_SYNTAX,
			       SLICE("no socket activation file descriptors found"));
	fds = arena_new_array(arena, int, (size_t)n);
	if (fds == NULL)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	for (int i = 0; i < n; i++)
		fds[i] = SD_LISTEN_FDS_START + i;
	*ret = fds;
	*ret_n = (size_t)n;
	return ERR_NONE;
}

bool systemd_listens(void)
{
	/* Nobody changes the environment any more. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	return getenv("NOTIFY_SOCKET") != NULL;
}

/* A manager that cannot be told is no reason to fail. */
void systemd_say_ready(void)
{
	(void)sd_notify(0, "READY=1\nSTATUS=Serving.");
}

void systemd_say_stopping(void)
{
	(void)sd_notify(0, "STOPPING=1\nSTATUS=Finishing requests.");
}

void systemd_say_status(struct slice text)
{
	(void)sd_notifyf(0, "STATUS=%.*s", SLICE_ARG(text));
}
