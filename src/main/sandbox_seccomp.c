/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernel remembers for each call that is allowed or not whatever its arguments are (Linux
 * 5.11), so the calls of every request cost next to nothing; only those few whose arguments matter
 * run the filter. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <seccomp.h>

#include "main/sandbox_private.h"

enum { NICE_MAX = 19 };

static const int allowed[] = {
#define CALL(name) SCMP_SYS(name),
#define DEADLY(name)
#include "main/sandbox_calls.def"
};

static const int deadly[] = {
#define CALL(name)
#define DEADLY(name) SCMP_SYS(name),
#include "main/sandbox_calls.def"
};

/* Calls that this architecture lacks are taken and mean nothing. */
static bool add_plain(scmp_filter_ctx ctx)
{
	bool ok = true;

	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		ok = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0) == 0 && ok;
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		ok = seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS, deadly[i], 0) == 0 && ok;
	return ok;
}

/* Memory is data or code, never first the one and then the other. */
static bool add_memory(scmp_filter_ctx ctx)
{
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
	       seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
}

/* Threads, no processes; their flags are in the first argument but on s390. clone3 hides them in
 * memory: it fails, and the C library takes clone. */
static bool add_threads(scmp_filter_ctx ctx)
{
	const scmp_datum_t thread = CLONE_THREAD | CLONE_VM | CLONE_SIGHAND;
	const scmp_datum_t self = (scmp_datum_t)getpid();

	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				SCMP_A0(SCMP_CMP_MASKED_EQ, thread, thread)) == 0 &&
	       seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(kill), 1,
				SCMP_A0(SCMP_CMP_EQ, self)) == 0 &&
	       seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
				SCMP_A0(SCMP_CMP_EQ, self)) == 0 &&
	       seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
				SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME)) == 0 &&
	       /* limits are read, not set: the new ones are NULL */
	       seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
				SCMP_A2(SCMP_CMP_EQ, 0)) == 0 &&
	       /* helpers make themselves less urgent: nice values from 0 on */
	       seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(setpriority), 2,
				SCMP_A0(SCMP_CMP_EQ, PRIO_PROCESS),
				SCMP_A2(SCMP_CMP_LE, NICE_MAX)) == 0;
}

/* sd_notify opens a socket each time; sendmsg names the other end. */
static bool add_notify(scmp_filter_ctx ctx)
{
	const scmp_datum_t datagrams = SOCK_DGRAM | SOCK_CLOEXEC;

	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
				SCMP_A0(SCMP_CMP_EQ, AF_UNIX),
				SCMP_A1(SCMP_CMP_EQ, datagrams)) == 0;
}

static bool fill(scmp_filter_ctx ctx, bool notify)
{
	/* Branch speculation stays as it is: no code of others runs here. */
	return seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
	       seccomp_attr_set(ctx, SCMP_FLTATR_CTL_SSB, 1) == 0 &&
	       seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 && add_plain(ctx) &&
	       add_memory(ctx) && add_threads(ctx) && (!notify || add_notify(ctx));
}

static bool kernel_has_filters(void)
{
	/* Without a filter it fails with EFAULT where there are filters, else with EINVAL. */
	return prctl(PR_SET_SECCOMP, 2 /* SECCOMP_MODE_FILTER */, NULL, 0, 0) != 0 &&
	       errno == EFAULT;
}

enum err_code sandbox_seccomp(const struct sandbox_needs *needs, bool *ret, struct err *reterr)
{
	scmp_filter_ctx ctx;
	enum err_code code = ERR_NONE;
	int rc;

	*ret = false;
	if (!kernel_has_filters())
		return ERR_NONE;
	ctx = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	if (ctx == NULL || !fill(ctx, needs->notify)) {
		code = err_set(reterr, ERR_NOMEM, SLICE("seccomp: the filter cannot be made"));
	} else {
		rc = seccomp_load(ctx);
		if (rc != 0)
			code = err_setf(reterr, ERR_BUSY, "seccomp: %s", strerrordesc_np(-rc));
	}
	*ret = code == ERR_NONE;
	seccomp_release(ctx);
	return code;
}
