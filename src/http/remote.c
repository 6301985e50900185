/* SPDX-License-Identifier: Apache-2.0 */
#include "http/remote.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

#include "base/must.h"
#include "http/listener_private.h"

static void unix_name(int fd, char *ret)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0)
		(void)snprintf(ret, REMOTE_BYTES_MAX, "unix:uid=%u,pid=%d", peer.uid, peer.pid);
	else
		(void)snprintf(ret, REMOTE_BYTES_MAX, "unix:");
}

/* An IPv4 client of a dual-stack listener is shown as one. */
static void inet6_name(const struct sockaddr_storage *remote, char *ret)
{
	const struct sockaddr_in6 *a = (const struct sockaddr_in6 *)remote;
	char host[INET6_ADDRSTRLEN] = "";

	if (IN6_IS_ADDR_V4MAPPED(&a->sin6_addr)) {
		(void)inet_ntop(AF_INET, a->sin6_addr.s6_addr + 12, host, sizeof(host));
		(void)snprintf(ret, REMOTE_BYTES_MAX, "%s:%u", host, ntohs(a->sin6_port));
	} else {
		listener_tcp_name(remote, ret, REMOTE_BYTES_MAX);
	}
}

size_t remote_format(int fd, const struct sockaddr_storage *remote, char ret[REMOTE_BYTES_MAX])
{
	ret[0] = '\0';
	switch (remote->ss_family) {
	case AF_INET6:
		inet6_name(remote, ret);
		break;
	case AF_UNIX:
		unix_name(fd, ret);
		break;
	case AF_VSOCK:
		listener_vsock_name(remote, ret, REMOTE_BYTES_MAX);
		break;
	default:
		listener_tcp_name(remote, ret, REMOTE_BYTES_MAX);
	}
	return strlen(ret);
}
