/* SPDX-License-Identifier: Apache-2.0 */
#include "http/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <unistd.h>

#include "http/listener_private.h"

/* Go's errno texts are those of the C library, in lower case. */
enum err_code listener_failed(const char *network, const char *address, const char *call,
			      struct err *reterr)
{
	char text[128];
	const char *words = strerror_r(errno, text, sizeof(text));

	return err_setf(reterr, ERR_SYNTAX, "listen %s %s: %s: %c%s", network, address, call,
			words[0] >= 'A' && words[0] <= 'Z' ? words[0] | 0x20 : words[0], words + 1);
}

enum err_code listener_share(struct listener *l, struct err *reterr)
{
	for (uint32_t i = 1; i < l->n_fds; i++) {
		l->fds[i] = fcntl(l->fds[0], F_DUPFD_CLOEXEC, 0);
		if (l->fds[i] < 0)
			return err_set(reterr, ERR_NOMEM, SLICE("no descriptors for listeners"));
	}
	return ERR_NONE;
}

static enum err_code listener_init(struct listener *l, uint32_t n_fds, struct err *reterr)
{
	*l = (struct listener){.fds = malloc(n_fds * sizeof(*l->fds)), .place = {.folder_fd = -1}};
	if (l->fds == NULL)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	l->n_fds = n_fds;
	for (uint32_t i = 0; i < n_fds; i++)
		l->fds[i] = -1;
	return ERR_NONE;
}

enum err_code listener_open(struct listener *l, struct slice address, uint32_t n_fds,
			    struct err *reterr)
{
	enum err_code code = listener_init(l, n_fds, reterr);
	struct slice path;

	if (code != ERR_NONE)
		return code;
	if (listener_is_unix(address, &path))
		code = listener_unix_open(l, address, reterr);
	else if (listener_is_vsock(address))
		code = listener_vsock_open(l, address, reterr);
	else
		code = listener_tcp_open(l, address, reterr);
	if (code != ERR_NONE)
		listener_close(l);
	return code;
}

static int socket_option(int fd, int option)
{
	int value = 0;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &len) == 0 ? value : -1;
}

/* False: no socket that connections can be accepted from. */
static bool name_adopted(int fd, char *ret, size_t size)
{
	struct sockaddr_storage a = {0};
	socklen_t len = sizeof(a);

	if (socket_option(fd, SO_TYPE) != SOCK_STREAM || socket_option(fd, SO_ACCEPTCONN) != 1 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		return false;
	switch (a.ss_family) {
	case AF_INET:
	case AF_INET6:
		listener_tcp_name(&a, ret, size);
		return true;
	case AF_UNIX:
		listener_unix_name(&a, len, ret, size);
		return true;
	case AF_VSOCK:
		listener_vsock_name(&a, ret, size);
		return true;
	default:
		return false;
	}
}

static bool adopted_prepare(int fd)
{
	int flags = fcntl(fd, F_GETFL), on = 1;

	/* Of TCP alone; its accepted sockets inherit them. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
	       fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

enum err_code listener_adopt(struct listener *l, int fd, uint32_t n_fds, struct err *reterr)
{
	enum err_code code = listener_init(l, n_fds, reterr);

	if (code != ERR_NONE) {
		close(fd);
		return code;
	}
	l->inherited = true;
	l->fds[0] = fd;
	if (!name_adopted(fd, l->name, sizeof(l->name)) || !adopted_prepare(fd))
		code = err_setf(reterr, ERR_SYNTAX,
				"file descriptor %d is not a listening stream socket", fd);
	else
		code = listener_share(l, reterr);
	if (code != ERR_NONE)
		listener_close(l);
	return code;
}

void listener_refuse(struct listener *l)
{
	for (uint32_t i = 0; i < l->n_fds && !l->inherited; i++)
		(void)shutdown(l->fds[i], SHUT_RDWR); /* ENOTCONN when done already */
}

void listener_close(struct listener *l)
{
	if (l->n_fds > 0)
		listener_unix_remove(&l->place);
	for (uint32_t i = 0; i < l->n_fds; i++)
		if (l->fds[i] >= 0)
			close(l->fds[i]);
	free(l->fds);
	*l = (struct listener){0};
}
