/* SPDX-License-Identifier: Apache-2.0 */
#include "http/file_stamp.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

enum { READ_BYTES = 16 * 1024 };

/* Two seconds, the coarsest clock of a file system in use. */
static const int64_t YOUNG_NS = INT64_C(2000000000);

static bool path_make(struct slice path, char ret[PATH_MAX])
{
	if (path.len >= PATH_MAX || memchr(path.ptr, 0, path.len) != NULL)
		return false;
	memcpy(ret, path.ptr, path.len);
	ret[path.len] = 0;
	return true;
}

static int64_t nanoseconds(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct file_stamp file_stamp_take(struct slice path)
{
	char text[PATH_MAX];
	struct stat s;

	if (!path_make(path, text) || stat(text, &s) != 0)
		return (struct file_stamp){.exists = false};
	return (struct file_stamp){
		.device = s.st_dev,
		.inode = s.st_ino,
		.size = s.st_size,
		.modified = s.st_mtim,
		.changed = s.st_ctim,
		.exists = true,
		.young = clock_unix_ns() - nanoseconds(s.st_ctim) < YOUNG_NS,
	};
}

bool file_stamp_same_file(const struct file_stamp *a, const struct file_stamp *b)
{
	return a->exists && b->exists && a->device == b->device && a->inode == b->inode &&
	       a->size == b->size && nanoseconds(a->modified) == nanoseconds(b->modified) &&
	       nanoseconds(a->changed) == nanoseconds(b->changed);
}

bool file_stamp_same(const struct file_stamp *then, const struct file_stamp *now)
{
	return !then->young && file_stamp_same_file(then, now);
}

/* Its mode lets us read it: Landlock does not (main/sandbox.h). */
static const char *fence_words(const char *path, int error)
{
	return error == EACCES && faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0
		       ? " (outside of what the sandbox left at the start: restart needed)"
		       : "";
}

static enum err_code failed(struct err *reterr, const char *call, struct slice path, int error)
{
	const char *words = strerrordesc_np(error);

	return err_setf(reterr, ERR_SYNTAX, "%s %.*s: %c%s", call, SLICE_ARG(path),
			tolower((unsigned char)words[0]), words + 1);
}

/* Nobody writes to it, or all was read: then it would pass for an empty file, and an empty web
 * configuration lets everybody in. */
static bool is_pipe(int fd)
{
	struct stat s;

	return fstat(fd, &s) == 0 && S_ISFIFO(s.st_mode);
}

enum err_code file_read(struct slice path, size_t bytes_max, struct buf *ret, struct err *reterr)
{
	char text[PATH_MAX];
	int error = 0;
	ssize_t n = 0;
	int fd;

	if (!path_make(path, text))
		return failed(reterr, "open", path, ENAMETOOLONG);
	fd = open(text, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not hold up the caller */
	if (fd < 0) {
		error = errno;
		(void)failed(reterr, "open", path, error);
		return err_setf(reterr, reterr->code, "%.*s%s", SLICE_ARG(reterr->msg),
				fence_words(text, error));
	}
	if (is_pipe(fd)) {
		close(fd);
		return err_setf(reterr, ERR_SYNTAX,
				"read %.*s: is a pipe, which cannot be read again",
				SLICE_ARG(path));
	}
	for (;;) {
		char *at = buf_reserve(ret, READ_BYTES);

		if (at == NULL)
			break;
		n = read(fd, at, READ_BYTES);
		if (n <= 0)
			break;
		buf_advance(ret, (size_t)n);
	}
	error = n < 0 ? errno : 0;
	close(fd);
	if (error != 0)
		return failed(reterr, "read", path, error);
	if (!buf_ok(ret) || ret->len > bytes_max)
		return err_setf(reterr, ERR_TOO_BIG, "read %.*s: the file is over %zu bytes",
				SLICE_ARG(path), bytes_max);
	return ERR_NONE;
}
