/* SPDX-License-Identifier: Apache-2.0 */
#include "store/persistence_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	HEAD_BYTES = 72,
	APPLICATION_ID_AT = 68, /* sqlite.org/fileformat2.html */
	PATH_BYTES_MAX = 4096,
};

static enum err_code fail(struct err *reterr, const char *what, const char *path, int error)
{
	return err_setf(reterr, ERR_DISK, "%s %s: %s", what, path, strerrordesc_np(error));
}

/* A definition of a type is the first message: its length in one byte, then a negative type id
 * (Go's encoding/gob). */
static bool is_gob(const unsigned char *head, size_t n)
{
	return n >= 4 && head[0] > 3 && head[0] < 0x80 && (head[1] & 0x81) == 0x81;
}

static bool is_sqlite(const unsigned char *head, size_t n)
{
	return n == HEAD_BYTES && memcmp(head, "SQLite format 3", 16) == 0;
}

static bool has_journal(const char *path)
{
	char journal[PATH_BYTES_MAX + 16];
	struct stat st;

	(void)snprintf(journal, sizeof(journal), "%s-journal", path);
	return stat(journal, &st) == 0;
}

/* A database that was cut short while it was made is mended by SQLite from its journal. */
static bool is_ours(const char *path, const unsigned char *head)
{
	uint32_t id = 0;

	for (int i = 0; i < 4; i++)
		id = id << 8 | head[APPLICATION_ID_AT + i];
	return id == PERSISTENCE_APPLICATION_ID || (id == 0 && has_journal(path));
}

static enum persistence_kind kind_of(const char *path, const unsigned char *head, size_t n)
{
	if (n == 0)
		return PERSISTENCE_NEW;
	if (is_sqlite(head, n))
		return is_ours(path, head) ? PERSISTENCE_OURS : PERSISTENCE_OTHERS;
	return is_gob(head, n) ? PERSISTENCE_GOB : PERSISTENCE_OTHERS;
}

static enum err_code check_regular(int fd, const char *path, struct err *reterr)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fail(reterr, "cannot look at", path, errno);
	if (!S_ISREG(st.st_mode))
		return err_setf(reterr, ERR_DISK, "%s is not a regular file", path);
	return ERR_NONE;
}

enum err_code persistence_kind(const char *path, enum persistence_kind *ret, struct err *reterr)
{
	unsigned char head[HEAD_BYTES];
	size_t n = 0;
	enum err_code code;
	int fd;

	if (strlen(path) >= PATH_BYTES_MAX)
		return err_set(reterr, ERR_DISK, SLICE("the path is too long"));
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT) {
		*ret = PERSISTENCE_NEW;
		return ERR_NONE;
	}
	if (fd < 0)
		return fail(reterr, "cannot open", path, errno);
	code = check_regular(fd, path, reterr);
	while (code == ERR_NONE && n < HEAD_BYTES) {
		ssize_t got = read(fd, head + n, HEAD_BYTES - n);

		if (got == 0)
			break;
		if (got > 0)
			n += (size_t)got;
		else if (errno != EINTR)
			code = fail(reterr, "cannot read", path, errno);
	}
	close(fd);
	if (code == ERR_NONE)
		*ret = kind_of(path, head, n);
	return code;
}

char *persistence_resolve(const char *path)
{
	char *real = realpath(path, NULL);
	struct stat st;
	int fd;

	if (real != NULL || errno != ENOENT)
		return real;
	if (lstat(path, &st) != 0)
		return strdup(path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return NULL;
	close(fd);
	return realpath(path, NULL);
}

const char *persistence_hold(const char *path, int *ret_fd)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int error = fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0 ? errno : 0;

	if (error == 0) {
		*ret_fd = fd;
		return NULL;
	}
	if (fd >= 0)
		close(fd);
	return error == EWOULDBLOCK ? "another process has it, under another name"
				    : strerrordesc_np(error);
}

/* Who has it; only for the sentence. */
static enum err_code fail_held(int fd, const char *path, struct err *reterr)
{
	char owner[32] = "";
	ssize_t n = pread(fd, owner, sizeof(owner) - 1, 0);
	long pid = n > 0 ? strtol(owner, NULL, 10) : 0;

	if (pid > 0)
		return err_setf(reterr, ERR_BUSY, "%s is in use by another process (pid %ld)", path,
				pid);
	return err_setf(reterr, ERR_BUSY, "%s is in use by another process", path);
}

enum err_code persistence_lock(const char *path, int *ret_fd, struct err *reterr)
{
	char lock[PATH_BYTES_MAX + 16], owner[32];
	int fd, n;
	enum err_code code;

	if (strlen(path) >= PATH_BYTES_MAX)
		return err_set(reterr, ERR_DISK, SLICE("the path is too long"));
	(void)snprintf(lock, sizeof(lock), "%s.lock", path);
	fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(reterr, "cannot open", lock, errno);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		code = errno == EWOULDBLOCK ? fail_held(fd, path, reterr)
					    : fail(reterr, "cannot lock", lock, errno);
		close(fd);
		return code;
	}
	n = snprintf(owner, sizeof(owner), "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) != 0 || pwrite(fd, owner, (size_t)n, 0) != n) {
		/* The number is for people: a full disk must not keep the gateway from starting. */
	}
	*ret_fd = fd;
	return ERR_NONE;
}
