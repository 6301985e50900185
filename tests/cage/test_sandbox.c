/* SPDX-License-Identifier: Apache-2.0
 *
 * What the sandbox denies and what it leaves, each tried in a process of its own. */
#include "main/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { NO_SANDBOX = 99 };

static char folder[] = "/tmp/test_sandbox.XXXXXX";

static struct slice below(const char *name, char ret[64])
{
	(void)snprintf(ret, 64, "%s/%s", folder, name);
	return slice_of(ret);
}

static int setup(void **state)
{
	char path[64];

	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)below("read", path);
	if (mkdir(path, 0700) != 0)
		return -1;
	(void)below("write", path);
	return mkdir(path, 0700);
}

static void make_file(const char *name)
{
	char path[64];
	int fd;

	(void)below(name, path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static int teardown(void **state)
{
	char command[64];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

/* Runs `act` in a process that has entered the sandbox: how it ended. */
static int status_of(int (*act)(void), bool notify)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		struct sandbox_needs needs = {.notify = notify};
		struct sandbox_state state;
		char read_path[64], write_path[64];
		struct arena arena;
		struct err err = err_in(&arena);

		arena_init(&arena, 1 << 16);
		if (!sandbox_need(&needs, below("read", read_path), SANDBOX_READ) ||
		    !sandbox_need(&needs, below("write", write_path), SANDBOX_WRITE) ||
		    sandbox_enter(&needs, &state, &err) != ERR_NONE || !state.seccomp ||
		    state.landlock_abi < 1)
			_exit(NO_SANDBOX);
		_exit(act());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

/* Each act returns 0 or the errno that it met. */
static void gives(int (*act)(void), int wanted)
{
	int status = status_of(act, false);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), wanted);
}

static void ends_process(int (*act)(void))
{
	int status = status_of(act, false);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static int error_of(long rc)
{
	return rc < 0 ? errno : 0;
}

static int open_below(const char *name, int flags)
{
	char path[64];

	(void)below(name, path);
	return error_of(open(path, flags | O_CLOEXEC, 0600));
}

/* ---- files ---- */

static int read_in_read(void)
{
	return open_below("read/file", O_RDONLY);
}

static int write_in_read(void)
{
	return open_below("read/file", O_WRONLY);
}

static int make_in_read(void)
{
	return open_below("read/new", O_WRONLY | O_CREAT);
}

static int read_elsewhere(void)
{
	return open_below("file", O_RDONLY);
}

static int read_etc(void)
{
	return error_of(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

static int make_and_rename(void)
{
	char from[64], to[64];
	int code = open_below("write/a", O_RDWR | O_CREAT | O_TRUNC);

	(void)below("write/a", from);
	(void)below("write/b", to);
	if (code == 0)
		code = error_of(rename(from, to));
	if (code == 0)
		code = error_of(truncate(to, 0)) == ENOSYS ? 0 : EINVAL; /* ftruncate is enough */
	return code == 0 ? error_of(unlink(to)) : code;
}

static int rename_out(void)
{
	char from[64], to[64];
	int code = open_below("write/a", O_RDWR | O_CREAT);

	(void)below("write/a", from);
	(void)below("a", to);
	return code == 0 ? error_of(rename(from, to)) : code;
}

static int read_own_numbers(void)
{
	static const char *const paths[] = {"/proc/self/stat", "/proc/self/net/netstat",
					    "/proc/self/fd", "/proc/stat", "/dev/urandom"};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (open(paths[i], O_RDONLY | O_CLOEXEC) < 0)
			return errno;
	return 0;
}

static int write_own_memory(void)
{
	return error_of(open("/proc/self/mem", O_WRONLY | O_CLOEXEC));
}

/* Files can be used where they were promised, and nowhere else. */
static void files(void **state)
{
	(void)state;
	make_file("file");
	make_file("read/file");
	gives(read_in_read, 0);
	gives(write_in_read, EACCES);
	gives(make_in_read, EACCES);
	gives(read_elsewhere, EACCES);
	gives(read_etc, EACCES);
	gives(make_and_rename, 0);
	gives(rename_out, EACCES);
	gives(read_own_numbers, 0);
	gives(write_own_memory, EACCES);
}

/* ---- programs, rights, large doors ---- */

static int do_exec(void)
{
	char path[] = "/bin/true";
	char *const argv[] = {path, NULL};

	return error_of(execv(path, argv));
}

static int do_ptrace(void)
{
	return error_of(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int do_setuid(void)
{
	return error_of(setuid(0));
}

static int do_unshare(void)
{
	return error_of(syscall(SYS_unshare, 0));
}

static int do_bpf(void)
{
	return error_of(syscall(SYS_bpf, 0, NULL, 0));
}

static int do_io_uring(void)
{
	return error_of(syscall(SYS_io_uring_setup, 1, NULL));
}

/* What only an intruder would do ends the process. */
static void deadly_calls(void **state)
{
	(void)state;
	ends_process(do_exec);
	ends_process(do_ptrace);
	ends_process(do_setuid);
	ends_process(do_unshare);
	ends_process(do_bpf);
	ends_process(do_io_uring);
}

static int do_fork(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return error_of(child);
}

static int do_unknown_call(void)
{
	return error_of(syscall(100000));
}

static int do_memfd(void)
{
	return error_of(memfd_create("x", MFD_CLOEXEC));
}

/* What is not foreseen does not exist, as on an older kernel. */
static void calls_that_are_not_there(void **state)
{
	(void)state;
	gives(do_fork, ENOSYS);
	gives(do_unknown_call, ENOSYS);
	gives(do_memfd, ENOSYS);
}

/* ---- memory ---- */

static int map_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : 0;
}

static int make_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return EINVAL;
	return error_of(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

/* No memory becomes code. */
static void memory(void **state)
{
	(void)state;
	gives(map_code, ENOSYS);
	gives(make_code, ENOSYS);
}

/* ---- sockets ---- */

static int make_tcp(void)
{
	return error_of(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int make_datagram(void)
{
	return error_of(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static int make_stream(void)
{
	return error_of(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

/* Nothing is connected to, but for a message to the service manager where there is one. */
static void sockets(void **state)
{
	int status;

	(void)state;
	gives(make_tcp, ENOSYS);
	gives(make_datagram, ENOSYS);
	status = status_of(make_datagram, true);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	status = status_of(make_stream, true);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), ENOSYS);
}

/* ---- threads and signals ---- */

static void *thread_main(void *arg)
{
	int *code = arg;

	*code = read_etc();
	if (*code == EACCES)
		*code = do_memfd() == ENOSYS ? 0 : EINVAL;
	return NULL;
}

static int in_a_thread(void)
{
	pthread_t thread;
	int code = 0;

	if (pthread_create(&thread, NULL, thread_main, &code) != 0)
		return EAGAIN;
	return pthread_join(thread, NULL) == 0 ? code : EDEADLK;
}

static int signal_parent(void)
{
	return error_of(kill(getppid(), 0));
}

static int signal_self(void)
{
	return error_of(kill(getpid(), 0));
}

static int no_new_privileges(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[128];
	int code = EINVAL;

	while (status != NULL && fgets(line, sizeof(line), status) != NULL)
		if (strcmp(line, "NoNewPrivs:\t1\n") == 0)
			code = 0;
	return code;
}

static int less_urgent(void)
{
	return error_of(setpriority(PRIO_PROCESS, (id_t)gettid(), 19));
}

static int more_urgent(void)
{
	return error_of(setpriority(PRIO_PROCESS, (id_t)gettid(), -1));
}

/* Threads can be started and are inside, too; nobody else gets a signal. */
static void threads_and_signals(void **state)
{
	(void)state;
	gives(in_a_thread, 0);
	gives(less_urgent, 0);
	gives(more_urgent, ENOSYS);
	gives(signal_self, 0);
	gives(signal_parent, ENOSYS);
	gives(no_new_privileges, 0);
}

static void *sleep_main(void *arg)
{
	(void)arg;
	(void)pause();
	return NULL;
}

static int enter_with_a_thread(void)
{
	struct sandbox_needs needs = {.n_folders = 0};
	struct sandbox_state state;
	struct arena arena;
	struct err err = err_in(&arena);
	pthread_t thread;

	arena_init(&arena, 1 << 16);
	if (pthread_create(&thread, NULL, sleep_main, NULL) != 0 ||
	    sandbox_enter(&needs, &state, &err) != ERR_BUSY)
		return 1;
	return slice_eq(err.msg, SLICE("the sandbox cannot be entered: another thread runs "
				       "already"))
		       ? 0
		       : 2;
}

/* A thread that would stay outside is found. */
static void a_thread_outside(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	assert_true(child >= 0);
	if (child == 0)
		_exit(enter_with_a_thread());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* The folder of a file is meant, and that of what a link leads to. */
static void folders_of_files(void **state)
{
	struct sandbox_needs needs = {.n_folders = 0};
	struct arena arena;
	char link[64], target[64], wanted[64];

	(void)state;
	arena_init(&arena, 1 << 16);
	assert_true(sandbox_need_folder_of(&needs, &arena, SLICE("no-such-file"), SANDBOX_READ));
	assert_true(sandbox_need_folder_of(&needs, &arena, SLICE("/no-such-file"), SANDBOX_READ));
	assert_int_equal(needs.n_folders, 2);
	assert_true(slice_eq(needs.folders[0].path, SLICE(".")));
	assert_true(slice_eq(needs.folders[1].path, SLICE("/")));
	make_file("read/target");
	(void)below("write/link", link);
	(void)below("read/target", target);
	assert_int_equal(symlink(target, link), 0);
	assert_true(sandbox_need_folder_of(&needs, &arena, slice_of(link), SANDBOX_READ));
	assert_int_equal(needs.n_folders, 4);
	assert_true(slice_eq(needs.folders[2].path, below("write", wanted)));
	assert_true(slice_eq(needs.folders[3].path, below("read", wanted)));
	while (sandbox_need(&needs, SLICE("x"), SANDBOX_READ))
		;
	assert_int_equal(needs.n_folders, SANDBOX_FOLDERS_MAX);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files),
		cmocka_unit_test(deadly_calls),
		cmocka_unit_test(calls_that_are_not_there),
		cmocka_unit_test(memory),
		cmocka_unit_test(sockets),
		cmocka_unit_test(threads_and_signals),
		cmocka_unit_test(a_thread_outside),
		cmocka_unit_test(folders_of_files),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
