/* SPDX-License-Identifier: Apache-2.0
 *
 * Two gateways that start at once, or one that starts while another stops, must not take each
 * other's socket for a stale one: whoever looks, binds or removes holds a lock on the folder. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "http/listener_private.h"

enum { MODE_UNSET = -1, LOCK_MS_MAX = 5000, LOCK_RETRY_MS = 10 };

static const long NS_PER_MS = 1000000;

static const struct slice mode_key = {",mode=", sizeof(",mode=") - 1};

struct unix_address {
	struct slice path;
	int mode;
	char text[sizeof(((struct sockaddr_un *)NULL)->sun_path)]; /* the path, ended */
	struct sockaddr_un socket;
};

static bool prefix_take(struct slice *s, struct slice prefix)
{
	if (!slice_starts(*s, prefix))
		return false;
	*s = slice_skip(*s, prefix.len);
	return true;
}

/* ",mode=" and octal digits at the end. */
static struct slice mode_take(struct slice text, int *ret_mode)
{
	size_t digits = 0;
	struct slice rest;
	int mode = 0;

	*ret_mode = MODE_UNSET;
	while (digits < text.len && text.ptr[text.len - digits - 1] >= '0' &&
	       text.ptr[text.len - digits - 1] <= '7')
		digits++;
	rest = (struct slice){text.ptr, text.len - digits};
	if (digits == 0 || digits > 4 || !slice_ends(rest, mode_key))
		return text;
	for (size_t i = text.len - digits; i < text.len; i++)
		mode = mode * 8 + (text.ptr[i] - '0');
	if (mode > 0777)
		return text;
	*ret_mode = mode;
	return (struct slice){rest.ptr, rest.len - mode_key.len};
}

bool listener_is_unix(struct slice address, struct slice *ret_path)
{
	int mode;

	if (!prefix_take(&address, SLICE("unix:")))
		return false;
	*ret_path = mode_take(address, &mode);
	return true;
}

static enum err_code address_parse(struct slice address, struct unix_address *ret,
				   struct err *reterr)
{
	const char *why = NULL;
	bool is_unix = prefix_take(&address, SLICE("unix:"));

	assert(is_unix);
	ret->path = mode_take(address, &ret->mode);
	if (ret->path.len == 0 || ret->path.ptr[0] != '/')
		why = "the path must begin with a slash";
	else if (ret->path.ptr[ret->path.len - 1] == '/')
		why = "the path is that of a folder";
	else if (memchr(ret->path.ptr, '\0', ret->path.len) != NULL)
		why = "the path has a NUL byte";
	else if (ret->path.len >= sizeof(ret->text))
		why = "the path is longer than 107 bytes";
	else if (memmem(ret->path.ptr, ret->path.len, mode_key.ptr, mode_key.len) != NULL)
		why = "the mode is not three or four octal digits up to 0777";
	if (why != NULL)
		return err_setf(reterr, ERR_SYNTAX, "listen unix %.*s: %s", SLICE_ARG(ret->path),
				why);
	memcpy(ret->text, ret->path.ptr, ret->path.len);
	ret->text[ret->path.len] = '\0';
	ret->socket = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(ret->socket.sun_path, ret->text, ret->path.len + 1);
	return ERR_NONE;
}

/* Anyone who may read the folder may hold its lock: for ever is not waited. */
static bool lock(int folder_fd)
{
	const struct timespec pause = {.tv_nsec = LOCK_RETRY_MS * NS_PER_MS};

	for (int waited_ms = 0; waited_ms < LOCK_MS_MAX; waited_ms += LOCK_RETRY_MS) {
		if (flock(folder_fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return false;
		(void)nanosleep(&pause, NULL);
	}
	errno = ETIMEDOUT;
	return false;
}

/* Opens the folder and holds its lock. */
static enum err_code folder_lock(struct listener_place *place, const struct unix_address *a,
				 struct err *reterr)
{
	char folder[sizeof(a->text)];
	const char *slash = strrchr(a->text, '/');
	size_t len = (size_t)(slash - a->text);

	memcpy(folder, a->text, len + 1);
	folder[len == 0 ? 1 : len] = '\0';
	(void)snprintf(place->base, sizeof(place->base), "%s", slash + 1);
	place->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (place->folder_fd < 0)
		return listener_failed("unix", a->text, "open folder", reterr);
	if (!lock(place->folder_fd))
		return listener_failed("unix", a->text, "lock folder", reterr);
	return ERR_NONE;
}

static bool nobody_listens(const struct unix_address *a)
{
	struct stat st;
	int fd;
	bool refused;

	if (lstat(a->text, &st) != 0 || !S_ISSOCK(st.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	refused = connect(fd, (const struct sockaddr *)&a->socket, sizeof(a->socket)) != 0 &&
		  errno == ECONNREFUSED;
	close(fd);
	return refused;
}

/* The mode is the socket's from its first moment. No other thread makes files here. */
static int bind_with_mode(int fd, const struct unix_address *a)
{
	const struct sockaddr *address = (const struct sockaddr *)&a->socket;
	mode_t before;
	int rc, code;

	if (a->mode == MODE_UNSET)
		return bind(fd, address, sizeof(a->socket));
	before = umask(0777 & ~(mode_t)a->mode);
	rc = bind(fd, address, sizeof(a->socket));
	code = errno;
	(void)umask(before);
	errno = code;
	return rc;
}

static enum err_code bind_locked(struct listener *l, const struct unix_address *a,
				 struct err *reterr)
{
	struct stat st;
	int fd = l->fds[0];

	if (bind_with_mode(fd, a) != 0) {
		if (errno != EADDRINUSE)
			return listener_failed("unix", a->text, "bind", reterr);
		if (!nobody_listens(a)) {
			errno = EADDRINUSE;
			return listener_failed("unix", a->text, "bind", reterr);
		}
		if (unlink(a->text) != 0 || bind_with_mode(fd, a) != 0)
			return listener_failed("unix", a->text, "bind", reterr);
	}
	if (listen(fd, LISTENER_BACKLOG) != 0 || lstat(a->text, &st) != 0)
		return listener_failed("unix", a->text, "listen", reterr);
	l->place.device = st.st_dev;
	l->place.inode = st.st_ino;
	return ERR_NONE;
}

enum err_code listener_unix_open(struct listener *l, struct slice address, struct err *reterr)
{
	struct unix_address a;
	enum err_code code = address_parse(address, &a, reterr);

	if (code != ERR_NONE)
		return code;
	l->fds[0] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l->fds[0] < 0)
		return listener_failed("unix", a.text, "socket", reterr);
	code = folder_lock(&l->place, &a, reterr);
	if (code == ERR_NONE)
		code = bind_locked(l, &a, reterr);
	if (l->place.folder_fd >= 0)
		(void)flock(l->place.folder_fd, LOCK_UN);
	if (code == ERR_NONE)
		code = listener_share(l, reterr);
	(void)snprintf(l->name, sizeof(l->name), "%s", a.text);
	return code;
}

void listener_unix_remove(struct listener_place *place)
{
	struct stat st;

	if (place->folder_fd < 0)
		return;
	if (lock(place->folder_fd) &&
	    fstatat(place->folder_fd, place->base, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISSOCK(st.st_mode) && st.st_dev == place->device && st.st_ino == place->inode)
		(void)unlinkat(place->folder_fd, place->base, 0); /* what stays is stale */
	close(place->folder_fd);
	place->folder_fd = -1;
}

/* As Go prints it: an abstract one with @ for its first byte, one without a name as @ alone. */
void listener_unix_name(const struct sockaddr_storage *a, socklen_t len, char *ret, size_t size)
{
	struct sockaddr_un un;
	size_t n = len > offsetof(struct sockaddr_un, sun_path)
			   ? len - offsetof(struct sockaddr_un, sun_path)
			   : 0;

	memcpy(&un, a, sizeof(un));
	if (n > sizeof(un.sun_path))
		n = sizeof(un.sun_path);
	if (n == 0 || un.sun_path[0] == '\0')
		(void)snprintf(ret, size, "@%.*s", n == 0 ? 0 : (int)n - 1, un.sun_path + 1);
	else
		(void)snprintf(ret, size, "%.*s", (int)n, un.sun_path);
}
