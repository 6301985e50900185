/* SPDX-License-Identifier: Apache-2.0 */
#include "main/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <sys/prctl.h>
#include <time.h>

#include "main/sandbox_private.h"

enum { GONE_MS_MAX = 1000 };

static bool has_one_task(void)
{
	DIR *tasks = opendir("/proc/self/task");
	const struct dirent *entry;
	int n = 0;

	if (tasks == NULL)
		return true; /* no /proc: nobody can tell */
	/* Not shared with another thread. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	while ((entry = readdir(tasks)) != NULL)
		n += entry->d_name[0] != '.';
	(void)closedir(tasks);
	return n == 1;
}

/* Landlock holds for a thread and what it starts: an older thread would stand outside. One that was
 * joined may be listed for a moment longer: the kernel wakes who waits for it before it is gone. */
static bool is_alone(void)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	bool alone = has_one_task();

	for (int i = 0; i < GONE_MS_MAX && !alone; i++) {
		(void)nanosleep(&pause, NULL);
		alone = has_one_task();
	}
	return alone;
}

enum err_code sandbox_enter(const struct sandbox_needs *needs, struct sandbox_state *ret,
			    struct err *reterr)
{
	enum err_code code;

	*ret = (struct sandbox_state){.built = true};
	if (!is_alone())
		return err_set(reterr, ERR_BUSY,
			       SLICE("the sandbox cannot be entered: another thread runs already"));
	tzset(); /* reads its files now: later they are out of reach */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_setf(reterr, ERR_BUSY, "prctl(PR_SET_NO_NEW_PRIVS): %s",
				strerrordesc_np(errno));
	code = sandbox_landlock(needs, &ret->landlock_abi, reterr);
	if (code == ERR_NONE)
		code = sandbox_seccomp(needs, &ret->seccomp, reterr);
	return code;
}
