/* SPDX-License-Identifier: Apache-2.0
 *
 * main.c -- the program: flags, log, keeper, app, server; then it waits for the signal to stop.
 *
 * All signals that mean something are blocked before the first thread starts, so only the sigwait
 * below sees them. An error before the log is there goes to stderr in kingpin's form, exit 1; one
 * after it is a log line, exit 1 (the reference exits 0 when it cannot listen, which no supervisor
 * understands). */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/app.h"
#include "base/log.h"
#include "http/server.h"
#include "main/flags.h"
#include "main/memory.h"
#include "main/paths.h"
#include "main/version.h"
#include "store/keeper.h"

enum {
	START_ARENA_BYTES_MAX = 16 << 20, /* flags and their texts */
	TEXT_BYTES_MAX = 4 << 20,
	COLUMNS_DEFAULT = 80,
	WORKERS_MAX_DEFAULT = 8,
	HELPERS_MAX = 2, /* each may hold a whole inflated body */
	NS_PER_MS = 1000000,
};

#define QUIT_SIGNAL (SIGRTMIN + 1) /* from ourselves, for /-/quit */

struct program {
	struct arena arena;
	struct flags flags;
	struct paths paths;
	struct self_metrics *self;
	struct keeper *keeper;
	struct app *app;
	struct http_server *server;
};

static bool write_all(int fd, struct slice text)
{
	while (text.len > 0) {
		ssize_t written = write(fd, text.ptr, text.len);

		if (written < 0 && errno != EINTR)
			return false;
		text = slice_skip(text, written > 0 ? (size_t)written : 0);
	}
	return true;
}

static size_t terminal_columns(void)
{
	/* No other thread runs yet. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	const char *columns = getenv("COLUMNS");
	long wanted = columns == NULL ? 0 : strtol(columns, NULL, 10);
	struct winsize size;

	if (wanted > 0 && wanted < 10000)
		return (size_t)wanted;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return COLUMNS_DEFAULT;
}

static struct slice base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slice_of(slash == NULL ? path : slash + 1);
}

static bool refuse_start(struct slice program, struct slice why)
{
	(void)fprintf(stderr, "%.*s: error: %.*s, try --help\n", SLICE_ARG(program),
		      SLICE_ARG(why));
	return false;
}

/* False when there is nothing to start; `ret_exit` says how to end. */
static bool read_flags(struct program *p, int argc, char **argv, int *ret_exit)
{
	struct slice *args = arena_new_array(&p->arena, struct slice, (size_t)argc);
	struct command_line line = {
		.program = argc > 0 ? base_name(argv[0]) : SLICE("pushgateway"),
		.args = args,
		.n_args = argc > 0 ? (size_t)argc - 1 : 0,
		.columns = terminal_columns(),
	};
	struct err err = err_in(&p->arena);
	enum flags_outcome outcome;
	struct slice name;
	struct buf text;
	bool written;

	*ret_exit = EXIT_FAILURE;
	if (args == NULL)
		return refuse_start(line.program, SLICE("too many arguments"));
	for (size_t i = 0; i < line.n_args; i++)
		args[i] = slice_of(argv[i + 1]);
	buf_init(&text, TEXT_BYTES_MAX);
	outcome = flags_parse(&line, &p->arena, &p->flags, &text);
	written =
		write_all(outcome == FLAGS_PRINT ? STDOUT_FILENO : STDERR_FILENO, buf_slice(&text));
	buf_free(&text);
	if (outcome == FLAGS_PRINT && written)
		*ret_exit = EXIT_SUCCESS;
	if (outcome != FLAGS_START)
		return false;
	if (flags_find_unsupported(&p->flags, &name)) {
		err_setf(&err, ERR_SYNTAX, "--%.*s is not supported by this version",
			 SLICE_ARG(name));
		return refuse_start(line.program, err.msg);
	}
	if (paths_make(&p->flags, &p->arena, &p->paths, &err) != ERR_NONE)
		return refuse_start(line.program, err.msg);
	return true;
}

static void log_version(const struct program *p)
{
	log_info(SLICE("starting pushgateway"),
		 LOG_TEXT("version", SLICE("(version=" VERSION_NUMBER ", branch=" VERSION_BRANCH
					   ", revision=" VERSION_REVISION ")")));
	log_info(SLICE("Build context"),
		 LOG_TEXT("build_context",
			  SLICE("(go=" VERSION_COMPILER ", platform=" VERSION_PLATFORM
				", user=" VERSION_BUILD_USER ", date=" VERSION_BUILD_DATE
				", tags=unknown)")));
	log_debug(SLICE("external URL"), LOG_TEXT("url", p->flags.web_external_url.text));
	log_debug(SLICE("path prefix used externally"), LOG_TEXT("path", p->paths.external_prefix));
	log_debug(SLICE("path prefix for internal routing"),
		  LOG_TEXT("path", p->paths.route_prefix));
}

static uint32_t count_workers(const struct flags *flags)
{
	long half = sysconf(_SC_NPROCESSORS_ONLN) / 2;

	if (flags->web_workers > 0)
		return (uint32_t)flags->web_workers;
	if (half < 1)
		return 1;
	return half > WORKERS_MAX_DEFAULT ? WORKERS_MAX_DEFAULT : (uint32_t)half;
}

static uint32_t to_ms(int64_t ns)
{
	return (uint32_t)(ns / NS_PER_MS);
}

static uint64_t random_secret(void)
{
	uint64_t secret;

	must_ok(getentropy(&secret, sizeof(secret)));
	return secret;
}

static struct self_metrics *make_self_metrics(void)
{
	struct self_build build = {
		.branch = SLICE(VERSION_BRANCH),
		.goversion = SLICE(VERSION_COMPILER),
		.revision = SLICE(VERSION_REVISION),
		.tags = SLICE("unknown"),
		.version = SLICE(VERSION_NUMBER),
	};
	bool cut = slice_cut(SLICE(VERSION_PLATFORM), '/', &build.goos, &build.goarch);

	assert(cut);
	return self_metrics_new(&build);
}

static uint64_t store_bytes_max(const struct flags *flags)
{
	if (flags->store_max_bytes > 0)
		return (uint64_t)flags->store_max_bytes;
	return memory_available_bytes("", memory_machine_bytes()) / 2;
}

static struct keeper *make_keeper(const struct flags *flags, const struct self_metrics *self)
{
	struct keeper_options options = {
		.limits =
			{
				.groups_max = (uint32_t)flags->store_max_groups,
				.series_max = (uint32_t)flags->store_max_series,
				.shapes_per_family_max =
					(uint32_t)flags->push_max_shapes_per_family,
				.bytes_max = store_bytes_max(flags),
				.hash_secret = random_secret(),
			},
	};

	options.own_families = self_metrics_families(self, &options.n_own_families);
	return keeper_new(&options);
}

/* On a worker: main waits for signals, so it is sent one. */
static void request_quit(void)
{
	must_ok(kill(getpid(), QUIT_SIGNAL));
}

static struct app *make_app(const struct program *p)
{
	const struct flags *flags = &p->flags;
	struct app_options options = {
		.route_prefix = p->paths.route_prefix,
		.telemetry_path = p->paths.telemetry_path,
		.unchecked = flags->push_disable_consistency_check,
		.openmetrics_in = flags->push_enable_openmetrics,
		.openmetrics_out = flags->web_enable_openmetrics,
		.admin_api = flags->web_enable_admin_api,
		.quit = flags->web_enable_lifecycle ? request_quit : NULL,
		.names = flags->push_enable_utf8_names ? NAME_UTF8 : NAME_LEGACY,
		.push_limits =
			{
				.families_max = (uint32_t)flags->push_max_families,
				.series_max = (uint32_t)flags->push_max_series,
				.labels_max = (uint32_t)flags->push_max_labels_per_series,
				.name_bytes_max = (uint32_t)flags->push_max_name_bytes,
				.value_bytes_max = (uint32_t)flags->push_max_value_bytes,
				.rendered_bytes_max = (uint64_t)flags->push_max_rendered_bytes,
			},
		.push_arena_bytes_max = (size_t)flags->push_max_memory_bytes,
		.inflated_bytes_max = (size_t)flags->web_max_inflated_bytes,
		.n_helpers = count_workers(flags) > 2 ? HELPERS_MAX : 1,
		.scrapes_max = (uint32_t)flags->web_max_scrapes,
		.self = p->self,
	};

	return app_new(&options, p->keeper);
}

static enum err_code start_server(struct program *p, struct err *reterr)
{
	const struct flags *flags = &p->flags;
	struct http_server_options options = {
		.addresses = flags->web_listen_address.items,
		.n_addresses = flags->web_listen_address.n,
		.n_workers = count_workers(flags),
		.limits =
			{
				.header_bytes_max = (size_t)flags->web_max_header_bytes,
				.body_bytes_max = (size_t)flags->web_max_body_bytes,
				.buffer_bytes_max = (size_t)flags->web_max_buffer_bytes,
				.connections_max = (uint32_t)flags->web_max_connections,
				.header_timeout_ms = to_ms(flags->web_header_timeout_ns),
				.body_timeout_ms = to_ms(flags->web_body_timeout_ns),
				.idle_timeout_ms = to_ms(flags->web_idle_timeout_ns),
				.response_timeout_ms = to_ms(flags->web_response_timeout_ns),
			},
		.app = app_http(p->app),
	};

	if (http_server_open(&options, &p->server, reterr) != ERR_NONE)
		return reterr->code;
	for (size_t i = 0; i < options.n_addresses; i++) {
		struct slice address = http_server_address(p->server, i);

		log_info(SLICE("Listening on"), LOG_TEXT("address", address));
		log_info(SLICE("TLS is disabled."), LOG_BOOL("http2", false),
			 LOG_TEXT("address", address));
	}
	return http_server_start(p->server, reterr);
}

static enum err_code start(struct program *p, struct err *reterr)
{
	p->self = make_self_metrics();
	if (p->self == NULL)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	p->keeper = make_keeper(&p->flags, p->self);
	if (p->keeper == NULL)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	p->app = make_app(p);
	if (p->app == NULL)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	return start_server(p, reterr);
}

static void wait_for_stop(const sigset_t *signals)
{
	int received = 0;

	while (received != SIGINT && received != SIGTERM && received != QUIT_SIGNAL)
		must_ok(sigwait(signals, &received));
	if (received == QUIT_SIGNAL)
		log_warn(SLICE("received termination request via web service, exiting "
			       "gracefully..."));
	else
		log_info(SLICE("received SIGINT/SIGTERM; exiting gracefully..."));
}

/* As many descriptors as there may be, like a Go program; each connection takes one. */
static void raise_descriptor_limit(const struct flags *flags)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	if (limit.rlim_cur < (rlim_t)flags->web_max_connections)
		log_warn(SLICE("the limit of open files (ulimit -n) is lower than "
			       "--web.max-connections"));
}

static int serve(struct program *p, const sigset_t *signals)
{
	struct err err = err_in(&p->arena);
	bool started = start(p, &err) == ERR_NONE;

	if (started) {
		wait_for_stop(signals);
		http_server_stop(p->server, to_ms(p->flags.web_shutdown_grace_ns));
		log_info(SLICE("HTTP server stopped"));
	} else {
		log_error(SLICE("HTTP server stopped"), LOG_TEXT("err", err.msg));
	}
	p->server = http_server_free(p->server);
	p->app = app_free(p->app);
	p->keeper = keeper_free(p->keeper);
	p->self = self_metrics_free(p->self);
	return started ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* What stops the program waits for sigwait; the rest of these does nothing, as in the reference. */
static void set_signals(sigset_t *ret_waited)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};

	must_ok(sigaction(SIGPIPE, &ignore, NULL));
	must_ok(sigaction(SIGUSR1, &ignore, NULL));
	must_ok(sigaction(SIGUSR2, &ignore, NULL));
	must_ok(sigemptyset(ret_waited));
	must_ok(sigaddset(ret_waited, SIGINT));
	must_ok(sigaddset(ret_waited, SIGTERM));
	must_ok(sigaddset(ret_waited, QUIT_SIGNAL));
	must_ok(pthread_sigmask(SIG_BLOCK, ret_waited, NULL));
}

int main(int argc, char **argv)
{
	struct program program = {0};
	sigset_t signals;
	int exit_code;

	arena_init(&program.arena, START_ARENA_BYTES_MAX);
	if (read_flags(&program, argc, argv, &exit_code)) {
		set_signals(&signals);
		if (log_start(program.flags.log_level, program.flags.log_format, STDERR_FILENO)) {
			log_version(&program);
			raise_descriptor_limit(&program.flags);
			exit_code = serve(&program, &signals);
			log_stop();
		} else {
			(void)fputs("cannot start the log's thread\n", stderr);
			exit_code = EXIT_FAILURE;
		}
	}
	arena_free(&program.arena);
	return exit_code;
}
