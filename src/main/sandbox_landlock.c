/* SPDX-License-Identifier: Apache-2.0
 *
 * The headers of the system on which this is built may be older than the kernel on which it runs:
 * what they may lack is defined here (linux/landlock.h of Linux 6.12). */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/landlock.h>

#include "main/sandbox_private.h"

struct ruleset {
	uint64_t handled_fs, handled_net, scoped;
};

enum {
	FS_TRUNCATE_BIT = 14,
	FS_IOCTL_DEV_BIT = 15,
	NET_ALL = 3,   /* bind and connect by TCP */
	SCOPE_ALL = 3, /* abstract Unix sockets and signals */
	SCOPE_SIGNALS = 2,
};

/* Which accesses of files each version of the interface knows. */
static const struct {
	int abi;
	uint64_t fs;
} versions[] = {
	{1, (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1},
	{2, LANDLOCK_ACCESS_FS_REFER},
	{3, 1ULL << FS_TRUNCATE_BIT},
	{5, 1ULL << FS_IOCTL_DEV_BIT},
};

enum { ABI_NET = 4, ABI_SCOPE = 6 };

static const uint64_t ON_FILES = LANDLOCK_ACCESS_FS_READ_FILE;
static const uint64_t uses[] = {
	[SANDBOX_READ] = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
	[SANDBOX_WRITE] = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
			  LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
			  LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REFER |
			  (1ULL << FS_TRUNCATE_BIT),
	[SANDBOX_REMOVE] = LANDLOCK_ACCESS_FS_REMOVE_FILE,
};

/* The process's own numbers, when the machine was booted, and what SQLite seeds from. */
static const struct sandbox_folder always[] = {
	{{"/proc/self", 10}, SANDBOX_READ},
	{{"/proc/stat", 10}, SANDBOX_READ},
	{{"/dev/urandom", 12}, SANDBOX_READ},
};

static int abi_of_kernel(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

static struct ruleset handled_by(int abi, bool notify)
{
	struct ruleset r = {0};

	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		if (abi >= versions[i].abi)
			r.handled_fs |= versions[i].fs;
	if (abi >= ABI_NET)
		r.handled_net = NET_ALL;
	if (abi >= ABI_SCOPE)
		r.scoped = notify ? SCOPE_SIGNALS : SCOPE_ALL; /* systemd's may be abstract */
	return r;
}

/* The descriptor of the place stays open: an entry of /proc that nobody holds may be made anew, and
 * the rule would be lost with the old one. */
static enum err_code allow(int ruleset, uint64_t handled, const struct sandbox_folder *f,
			   struct err *reterr)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = uses[f->use] & handled};
	char *path = strndup(f->path.ptr, f->path.len);
	struct stat st;

	if (path == NULL)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	free(path);
	if (rule.parent_fd < 0)
		return ERR_NONE; /* what is not there is not needed; what cannot be seen either */
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= ON_FILES;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
		return err_setf(reterr, ERR_BUSY, "Landlock takes no rule for %.*s: %s",
				SLICE_ARG(f->path), strerrordesc_np(errno));
	return ERR_NONE;
}

static enum err_code allow_all(int ruleset, uint64_t handled, const struct sandbox_needs *needs,
			       struct err *reterr)
{
	enum err_code code = ERR_NONE;

	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]) && code == ERR_NONE; i++)
		code = allow(ruleset, handled, &always[i], reterr);
	for (size_t i = 0; i < needs->n_folders && code == ERR_NONE; i++)
		code = allow(ruleset, handled, &needs->folders[i], reterr);
	return code;
}

enum err_code sandbox_landlock(const struct sandbox_needs *needs, int *ret_abi, struct err *reterr)
{
	int abi = abi_of_kernel(), fd;
	struct ruleset ruleset = handled_by(abi, needs->notify);
	enum err_code code;

	*ret_abi = 0;
	if (abi == 0)
		return ERR_NONE;
	fd = (int)syscall(SYS_landlock_create_ruleset, &ruleset, sizeof(ruleset), 0);
	if (fd < 0)
		return err_setf(reterr, ERR_BUSY, "landlock_create_ruleset: %s",
				strerrordesc_np(errno));
	code = allow_all(fd, ruleset.handled_fs, needs, reterr);
	if (code == ERR_NONE && syscall(SYS_landlock_restrict_self, fd, 0) != 0)
		code = err_setf(reterr, ERR_BUSY, "landlock_restrict_self: %s",
				strerrordesc_np(errno));
	close(fd);
	if (code == ERR_NONE)
		*ret_abi = abi;
	return code;
}
