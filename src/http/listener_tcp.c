/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/listener_private.h"

enum { HOST_MAX = 256 };

struct address {
	struct slice host, port; /* as written, host without brackets */
};

static enum err_code bad_address(struct slice address, const char *reason, struct err *reterr)
{
	return err_setf(reterr, ERR_SYNTAX, "listen tcp: address %.*s: %s", SLICE_ARG(address),
			reason);
}

static const char *last_colon(struct slice s)
{
	return s.len == 0 ? NULL : memrchr(s.ptr, ':', s.len);
}

static bool has_byte(struct slice s, char c)
{
	return s.len > 0 && memchr(s.ptr, c, s.len) != NULL;
}

/* Go's net.SplitHostPort, reasons included. */
static enum err_code address_split(struct slice text, struct address *ret, struct err *reterr)
{
	const char *colon = last_colon(text);
	struct slice before = text; /* what may hold no further bracket */
	const char *end = text.ptr + text.len;

	if (text.len == 0) {
		*ret = (struct address){SLICE_EMPTY, SLICE_EMPTY};
		return ERR_NONE;
	}
	if (colon == NULL)
		return bad_address(text, "missing port in address", reterr);
	if (text.ptr[0] == '[') {
		const char *close = memchr(text.ptr, ']', text.len);

		if (close == NULL)
			return bad_address(text, "missing ']' in address", reterr);
		if (close + 1 != colon)
			return bad_address(text,
					   close + 1 < end && close[1] == ':'
						   ? "too many colons in address"
						   : "missing port in address",
					   reterr);
		ret->host = slice_between(text.ptr + 1, close);
		before = slice_between(text.ptr + 1, end);
		if (has_byte(before, '['))
			return bad_address(text, "unexpected '[' in address", reterr);
		before = slice_between(close + 1, end);
	} else {
		ret->host = slice_between(text.ptr, colon);
		if (has_byte(ret->host, ':'))
			return bad_address(text, "too many colons in address", reterr);
		if (has_byte(before, '['))
			return bad_address(text, "unexpected '[' in address", reterr);
	}
	if (has_byte(before, ']'))
		return bad_address(text, "unexpected ']' in address", reterr);
	ret->port = slice_between(colon + 1, end);
	return ERR_NONE;
}

static enum err_code unknown_port(struct slice text, struct err *reterr)
{
	return err_setf(reterr, ERR_SYNTAX, "listen tcp: lookup tcp/%.*s: unknown port",
			SLICE_ARG(text));
}

static enum err_code service_port(struct slice text, uint16_t *ret, struct err *reterr)
{
	struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found;
	struct sockaddr_in in4;
	char name[HOST_MAX];

	if (text.len >= sizeof(name) || has_byte(text, '\0'))
		return unknown_port(text, reterr);
	memcpy(name, text.ptr, text.len);
	name[text.len] = '\0';
	if (getaddrinfo(NULL, name, &hints, &found) != 0)
		return unknown_port(text, reterr);
	assert(found->ai_addrlen == sizeof(in4));
	memcpy(&in4, found->ai_addr, sizeof(in4));
	*ret = ntohs(in4.sin_port);
	freeaddrinfo(found);
	return ERR_NONE;
}

/* Go takes a sign and leading zeros; what is no number is a service name. */
static enum err_code port_parse(struct slice text, uint16_t *ret, struct err *reterr)
{
	bool negative = text.len > 0 && text.ptr[0] == '-';
	struct slice digits = text;
	uint32_t value = 0;

	if (negative || (text.len > 0 && text.ptr[0] == '+'))
		digits = slice_skip(text, 1);
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
			return service_port(text, ret, reterr);
		if (value <= UINT16_MAX)
			value = value * 10 + (uint32_t)(digits.ptr[i] - '0');
	}
	if (value > UINT16_MAX || (negative && value > 0))
		return bad_address(text, "invalid port", reterr);
	*ret = (uint16_t)value;
	return ERR_NONE;
}

/* The first IPv4 address of the name, else the first. */
static enum err_code host_resolve(struct slice host, struct sockaddr_storage *ret,
				  socklen_t *ret_len, struct err *reterr)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found, *best;
	char name[HOST_MAX];

	if (host.len < sizeof(name) && !has_byte(host, '\0')) {
		memcpy(name, host.ptr, host.len);
		name[host.len] = '\0';
		if (getaddrinfo(name, NULL, &hints, &found) == 0) {
			for (best = found; best != NULL && best->ai_family != AF_INET;
			     best = best->ai_next)
				;
			if (best == NULL)
				best = found;
			assert(best != NULL); /* 0 promises at least one */
			memcpy(ret, best->ai_addr, best->ai_addrlen);
			*ret_len = best->ai_addrlen;
			freeaddrinfo(found);
			return ERR_NONE;
		}
	}
	return err_setf(reterr, ERR_SYNTAX, "listen tcp: lookup %.*s: no such host",
			SLICE_ARG(host));
}

static void set_port(struct sockaddr_storage *a, uint16_t port)
{
	if (a->ss_family == AF_INET6)
		((struct sockaddr_in6 *)a)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)a)->sin_port = htons(port);
}

void listener_tcp_name(const struct sockaddr_storage *a, char *ret, size_t size)
{
	char host[INET6_ADDRSTRLEN] = "";

	if (a->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)a;

		(void)inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
		(void)snprintf(ret, size, "[%s]:%u", host, ntohs(in6->sin6_port));
	} else {
		const struct sockaddr_in *in4 = (const struct sockaddr_in *)a;

		(void)inet_ntop(AF_INET, &in4->sin_addr, host, sizeof(host));
		(void)snprintf(ret, size, "%s:%u", host, ntohs(in4->sin_port));
	}
}

/* The dual-stack wildcard, where there is IPv6. */
static void wildcard(struct sockaddr_storage *ret, socklen_t *ret_len, uint16_t port)
{
	int probe = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*ret = (struct sockaddr_storage){0};
	if (probe >= 0) {
		close(probe);
		ret->ss_family = AF_INET6; /* in6addr_any is all zero */
		*ret_len = sizeof(struct sockaddr_in6);
	} else {
		ret->ss_family = AF_INET;
		*ret_len = sizeof(struct sockaddr_in);
	}
	set_port(ret, port);
}

struct target {
	struct sockaddr_storage address;
	socklen_t len;
	char words[HOST_MAX + 8]; /* for failures, as Go prints it */
};

static bool is_any_v4(const struct target *t)
{
	return t->address.ss_family == AF_INET &&
	       ((const struct sockaddr_in *)&t->address)->sin_addr.s_addr == htonl(INADDR_ANY);
}

static enum err_code target_find(struct slice text, struct target *t, struct err *reterr)
{
	struct address a = {SLICE_EMPTY, SLICE_EMPTY};
	uint16_t port = 0;
	enum err_code code = address_split(text, &a, reterr);

	if (code == ERR_NONE)
		code = port_parse(a.port, &port, reterr);
	if (code != ERR_NONE)
		return code;
	if (a.host.len == 0) {
		(void)snprintf(t->words, sizeof(t->words), ":%u", port);
		wildcard(&t->address, &t->len, port);
		return ERR_NONE;
	}
	code = host_resolve(a.host, &t->address, &t->len, reterr);
	if (code != ERR_NONE)
		return code;
	set_port(&t->address, port);
	listener_tcp_name(&t->address, t->words, sizeof(t->words));
	if (is_any_v4(t))
		wildcard(&t->address, &t->len, port);
	return ERR_NONE;
}

static enum err_code failed(const struct target *t, const char *call, struct err *reterr)
{
	return listener_failed("tcp", t->words, call, reterr);
}

static bool set_flag(int fd, int level, int option)
{
	int on = 1;

	return setsockopt(fd, level, option, &on, sizeof(on)) == 0;
}

/* Bound, not yet listening. Options that accepted sockets inherit are set here, once. */
static enum err_code socket_bound(const struct target *t, bool shared, int *ret, struct err *reterr)
{
	int off = 0;
	int fd = socket(t->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return failed(t, "socket", reterr);
	*ret = fd; /* the listener's to close, whatever follows */
	if (!set_flag(fd, SOL_SOCKET, SO_REUSEADDR) || !set_flag(fd, IPPROTO_TCP, TCP_NODELAY) ||
	    !set_flag(fd, SOL_SOCKET, SO_KEEPALIVE) ||
	    (t->address.ss_family == AF_INET6 &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) != 0) ||
	    (shared && !set_flag(fd, SOL_SOCKET, SO_REUSEPORT)))
		return failed(t, "setsockopt", reterr);
	if (bind(fd, (const struct sockaddr *)&t->address, t->len) != 0)
		return failed(t, "bind", reterr);
	return ERR_NONE;
}

/* The first socket is bound without SO_REUSEPORT, so that another server on this port (a second
 * gateway of the same user, say) is a failure and not a partner; then it is made to share with
 * ours. */
static enum err_code sockets_bind(struct listener *l, struct target *t, struct err *reterr)
{
	enum err_code code = socket_bound(t, false, &l->fds[0], reterr);

	if (code != ERR_NONE)
		return code;
	if (getsockname(l->fds[0], (struct sockaddr *)&t->address, &t->len) != 0)
		return failed(t, "getsockname", reterr);
	if (l->n_fds > 1 && !set_flag(l->fds[0], SOL_SOCKET, SO_REUSEPORT))
		return failed(t, "setsockopt", reterr);
	for (uint32_t i = 1; i < l->n_fds; i++) {
		code = socket_bound(t, true, &l->fds[i], reterr);
		if (code != ERR_NONE)
			return code;
	}
	return ERR_NONE;
}

enum err_code listener_tcp_open(struct listener *l, struct slice address, struct err *reterr)
{
	struct target t = {0};
	enum err_code code = target_find(address, &t, reterr);

	if (code == ERR_NONE)
		code = sockets_bind(l, &t, reterr);
	for (uint32_t i = 0; code == ERR_NONE && i < l->n_fds; i++)
		if (listen(l->fds[i], LISTENER_BACKLOG) != 0)
			code = failed(&t, "listen", reterr);
	if (code == ERR_NONE)
		listener_tcp_name(&t.address, l->name, sizeof(l->name));
	return code;
}
