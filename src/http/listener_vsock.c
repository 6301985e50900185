/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

#include "http/listener_private.h"

static const struct slice scheme = {"vsock://", sizeof("vsock://") - 1};

bool listener_is_vsock(struct slice address)
{
	return slice_starts(address, scheme);
}

/* The reference reads a URL and then its port, each with their own sentences. */
static enum err_code port_parse(struct slice address, uint32_t *ret, struct err *reterr)
{
	struct slice host = slice_skip(address, scheme.len), port;
	const char *slash = host.len == 0 ? NULL : memchr(host.ptr, '/', host.len);
	const char *colon;
	uint64_t value = 0;

	if (slash != NULL)
		host = slice_between(host.ptr, slash);
	colon = host.len == 0 ? NULL : memrchr(host.ptr, ':', host.len);
	if (colon == NULL)
		return host.len == 0
			       ? err_set(reterr, ERR_SYNTAX, SLICE("missing port in address"))
			       : err_setf(reterr, ERR_SYNTAX,
					  "address %.*s: missing port in address", SLICE_ARG(host));
	port = slice_between(colon + 1, host.ptr + host.len);
	for (size_t i = 0; i < port.len; i++) {
		if (port.ptr[i] < '0' || port.ptr[i] > '9')
			return err_setf(reterr, ERR_SYNTAX,
					"parse \"%.*s\": invalid port \":%.*s\" after host",
					SLICE_ARG(address), SLICE_ARG(port));
		if (value <= UINT32_MAX)
			value = value * 10 + (uint64_t)(port.ptr[i] - '0');
	}
	if (port.len == 0)
		return err_set(reterr, ERR_SYNTAX,
			       SLICE("strconv.ParseUint: parsing \"\": invalid syntax"));
	if (value > UINT32_MAX)
		return err_setf(reterr, ERR_SYNTAX,
				"strconv.ParseUint: parsing \"%.*s\": value out of range",
				SLICE_ARG(port));
	*ret = (uint32_t)value;
	return ERR_NONE;
}

/* Who we are to the other side of the hypervisor. Only root may ask in most systems; who cannot
 * listens on all there are. */
static uint32_t local_cid(void)
{
	unsigned int cid = VMADDR_CID_ANY;
	int fd = open("/dev/vsock", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return VMADDR_CID_ANY;
	if (ioctl(fd, IOCTL_VM_SOCKETS_GET_LOCAL_CID, &cid) != 0)
		cid = VMADDR_CID_ANY;
	close(fd);
	return cid;
}

/* As the reference's library (mdlayher/vsock) prints it. */
void listener_vsock_name(const struct sockaddr_storage *a, char *ret, size_t size)
{
	struct sockaddr_vm vm;
	const char *kind = "vm";

	memcpy(&vm, a, sizeof(vm));
	if (vm.svm_cid == VMADDR_CID_HYPERVISOR)
		kind = "hypervisor";
	else if (vm.svm_cid == VMADDR_CID_LOCAL)
		kind = "local";
	else if (vm.svm_cid == VMADDR_CID_HOST)
		kind = "host";
	(void)snprintf(ret, size, "%s(%u):%u", kind, vm.svm_cid, vm.svm_port);
}

enum err_code listener_vsock_open(struct listener *l, struct slice address, struct err *reterr)
{
	struct sockaddr_storage a = {.ss_family = AF_VSOCK};
	struct sockaddr_vm *vm = (struct sockaddr_vm *)&a;
	socklen_t len = sizeof(*vm);
	uint32_t port = 0;
	enum err_code code = port_parse(address, &port, reterr);

	if (code != ERR_NONE)
		return code;
	vm->svm_port = port == 0 ? VMADDR_PORT_ANY : port;
	vm->svm_cid = local_cid();
	listener_vsock_name(&a, l->name, sizeof(l->name));
	l->fds[0] = socket(AF_VSOCK, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l->fds[0] < 0)
		return listener_failed("vsock", l->name, "socket", reterr);
	if (bind(l->fds[0], (struct sockaddr *)&a, len) != 0)
		return listener_failed("vsock", l->name, "bind", reterr);
	if (listen(l->fds[0], LISTENER_BACKLOG) != 0)
		return listener_failed("vsock", l->name, "listen", reterr);
	if (getsockname(l->fds[0], (struct sockaddr *)&a, &len) == 0)
		listener_vsock_name(&a, l->name, sizeof(l->name));
	return listener_share(l, reterr);
}
