/* SPDX-License-Identifier: Apache-2.0
 *
 * main.c -- the program: flags, log, keeper, app, server; then it waits for the signal to stop.
 *
 * All signals that mean something are blocked before the first thread starts, so only the sigwait
 * below sees them. An error before the log is there goes to stderr in kingpin's form, exit 1; one
 * after it is a log line, exit 1 (the reference exits 0 when it cannot listen, which no supervisor
 * understands). */
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/app.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/password.h"
#include "http/server.h"
#include "main/commands.h"
#include "main/confine.h"
#include "main/duration.h"
#include "main/flags.h"
#include "main/memory.h"
#include "main/migration.h"
#include "main/output.h"
#include "main/paths.h"
#include "main/systemd.h"
#include "main/version.h"
#include "main/webconfig_file.h"
#include "store/keeper.h"

enum {
	START_ARENA_BYTES_MAX = 16 << 20, /* flags and their texts */
	TEXT_BYTES_MAX = 4 << 20,
	COLUMNS_DEFAULT = 80,
	WORKERS_MAX_DEFAULT = 8,
	HELPERS_MAX = 2, /* each may hold a whole inflated body */
	NS_PER_MS = 1000000,
	PROGRESS_NS = 100000000,
	NUMBER_BYTES_MAX = 64,
	FLAGS_MAX = 200,
};

/* From ourselves. */
#define QUIT_SIGNAL (SIGRTMIN + 1)   /* for /-/quit */
#define FAILED_SIGNAL (SIGRTMIN + 2) /* the persistence file could not be loaded */

struct program {
	struct arena arena;
	struct flags flags;
	struct paths paths;
	struct app_status status;
	struct slice *sandbox_shown; /* in the status; the app starts to read it later */
	struct self_metrics *self;
	struct migration migration;
	struct keeper *keeper;
	struct app *app;
	struct http_server *server;
	struct webconfig_file *webconfig; /* NULL: without --web.config.file */
};

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
	struct buf text;
	bool written;

	*ret_exit = EXIT_FAILURE;
	if (args == NULL)
		return refuse_start(line.program, SLICE("too many arguments"));
	for (size_t i = 0; i < line.n_args; i++)
		args[i] = slice_of(argv[i + 1]);
	if (commands_run(&line, ret_exit))
		return false;
	buf_init(&text, TEXT_BYTES_MAX);
	outcome = flags_parse(&line, &p->arena, &p->flags, &text);
	written = output_write(outcome == FLAGS_PRINT ? STDOUT_FILENO : STDERR_FILENO,
			       buf_slice(&text));
	buf_free(&text);
	if (outcome == FLAGS_PRINT && written)
		*ret_exit = EXIT_SUCCESS;
	if (outcome != FLAGS_START)
		return false;
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

/* On the keeper's thread, which has said why. */
static void load_failed(void *context)
{
	(void)context;
	must_ok(kill(getpid(), FAILED_SIGNAL));
}

static enum err_code open_ledger(struct program *p, struct ledger **ret, struct err *reterr)
{
	struct slice file = p->flags.persistence_file;
	char *path;

	*ret = NULL;
	if (file.len == 0)
		return ERR_NONE;
	path = arena_string(&p->arena, file);
	if (path == NULL)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	return migration_open(&p->migration, path, ret, reterr);
}

/* On the keeper's thread. */
static enum err_code after_load(void *context, struct keeper *k, struct err *reterr)
{
	struct program *p = context;

	return migration_import(&p->migration, k, reterr);
}

/* Without an interval there is nothing to relax. */
static int64_t relaxed_ns(const struct flags *flags)
{
	return flags->persistence_relaxed && flags->persistence_interval_ns > 0
		       ? flags->persistence_interval_ns
		       : 0;
}

static enum err_code make_keeper(struct program *p, struct err *reterr)
{
	const struct flags *flags = &p->flags;
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
		.relaxed_ns = relaxed_ns(flags),
		.waiting_bytes_max = (uint64_t)flags->push_max_waiting_bytes,
		.failed = load_failed,
		.after_load = after_load,
		.context = p,
	};

	options.own_families = self_metrics_families(p->self, &options.n_own_families);
	if (open_ledger(p, &options.ledger, reterr) != ERR_NONE)
		return reterr->code;
	p->keeper = keeper_new(&options);
	if (p->keeper == NULL)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	self_metrics_set_keeper(p->self, p->keeper);
	return ERR_NONE;
}

/* On a worker: main waits for signals, so it is sent one. */
static void request_quit(void)
{
	must_ok(kill(getpid(), QUIT_SIGNAL));
}

/* False: out of memory. */
static bool make_status(struct program *p)
{
	static const struct app_text build[] = {
		{SLICE_TEXT("branch"), SLICE_TEXT(VERSION_BRANCH)},
		{SLICE_TEXT("buildDate"), SLICE_TEXT(VERSION_BUILD_DATE)},
		{SLICE_TEXT("buildUser"), SLICE_TEXT(VERSION_BUILD_USER)},
		{SLICE_TEXT("goVersion"), SLICE_TEXT(VERSION_COMPILER)},
		{SLICE_TEXT("revision"), SLICE_TEXT(VERSION_REVISION)},
		{SLICE_TEXT("version"), SLICE_TEXT(VERSION_NUMBER)},
	};
	struct app_text *flags = arena_new_array(&p->arena, struct app_text, FLAGS_MAX);
	size_t n = 0;

	if (flags == NULL)
		return false;
	while (n < FLAGS_MAX && flags_show(&p->flags, n, &p->arena, &flags[n].name, &flags[n].text))
		n++;
	assert(n < FLAGS_MAX);
	/* The reference shows the route prefix that is in force, whichever flag it comes from. */
	for (size_t i = 0; i < n; i++) {
		if (slice_eq(flags[i].name, SLICE("web.route-prefix")))
			flags[i].text = p->paths.route_prefix;
		if (slice_eq(flags[i].name, SLICE("sandbox")))
			p->sandbox_shown = &flags[i].text;
	}
	assert(p->sandbox_shown != NULL);
	p->status = (struct app_status){.build = build,
					.n_build = sizeof(build) / sizeof(build[0]),
					.flags = flags,
					.n_flags = n,
					.start_unix_ns = clock_unix_ns()};
	return true;
}

static struct app *make_app(const struct program *p)
{
	const struct flags *flags = &p->flags;
	struct app_options options = {
		.route_prefix = p->paths.route_prefix,
		.external_prefix = p->paths.external_prefix,
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
		.waiting_max = (uint64_t)flags->push_max_waiting,
		.waiting_bytes_max = (uint64_t)flags->push_max_waiting_bytes,
		.self = p->self,
		.status = p->status,
	};

	return app_new(&options, p->keeper);
}

static void log_addresses(const struct program *p, const char *what, bool http2)
{
	for (size_t i = 0; i < http_server_n_listeners(p->server); i++)
		log_info(slice_of(what), LOG_BOOL("http2", http2),
			 LOG_TEXT("address", http_server_address(p->server, i)));
}

static void log_rate_limit(const struct http_policy *policy)
{
	struct buf interval, burst;

	if (policy->rate_interval_ns == 0)
		return;
	buf_init(&interval, NUMBER_BYTES_MAX);
	buf_init(&burst, NUMBER_BYTES_MAX);
	duration_write(&interval, policy->rate_interval_ns);
	buf_putf(&burst, "%lld", (long long)policy->rate_burst);
	log_info(SLICE("Rate Limiter is enabled."),
		 ((struct log_attr){.key = "burst", .value = buf_slice(&burst), .bare = true}),
		 LOG_TEXT("interval", buf_slice(&interval)));
	buf_free(&interval);
	buf_free(&burst);
}

static enum err_code check_users(const struct http_policy *policy, struct err *reterr)
{
	enum err_code code = ERR_NONE;

	for (size_t i = 0; i < policy->n_users && code == ERR_NONE; i++)
		code = password_hash_check(policy->users[i].hash, reterr);
	return code;
}

/* In the reference's order; what it finds at fault here ends the start, later only a request. */
static enum err_code secure_server(struct program *p, struct err *reterr)
{
	struct http_security security = {
		.logins_waiting_max = (uint32_t)p->flags.web_max_logins_waiting,
	};
	struct http_policy *policy;
	enum err_code code;

	if (p->webconfig == NULL) {
		log_addresses(p, "TLS is disabled.", false);
		return ERR_NONE;
	}
	security.source = webconfig_file_source(p->webconfig);
	code = security.source.current(security.source.state, &policy, reterr);
	if (code != ERR_NONE)
		return code;
	code = check_users(policy, reterr);
	if (code == ERR_NONE) {
		log_rate_limit(policy);
		code = http_server_secure(p->server, &security, reterr);
	}
	if (code == ERR_NONE)
		log_addresses(p,
			      tls_settings_wanted(&policy->tls) ? "TLS is enabled."
								: "TLS is disabled.",
			      tls_settings_wanted(&policy->tls) && policy->http2);
	http_policy_release(policy);
	return code;
}

static enum err_code confine_now(struct program *p, struct err *reterr)
{
	struct http_policy *policy = NULL;
	struct http_policy_source source;
	enum err_code code = ERR_NONE;

	if (p->webconfig != NULL) {
		source = webconfig_file_source(p->webconfig);
		code = source.current(source.state, &policy, reterr);
	}
	if (code == ERR_NONE)
		code = confine(&p->flags, policy, &p->arena, p->sandbox_shown, reterr);
	http_policy_release(policy);
	return code;
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

	if (flags->web_systemd_socket) {
		log_info(SLICE("Listening on systemd activated listeners instead of port "
			       "listeners."));
		if (systemd_sockets(&p->arena, &options.sockets, &options.n_sockets, reterr) !=
		    ERR_NONE)
			return reterr->code;
	}
	if (http_server_open(&options, &p->server, reterr) != ERR_NONE)
		return reterr->code;
	for (size_t i = 0; i < http_server_n_listeners(p->server); i++) {
		struct slice address = http_server_address(p->server, i);

		log_info(SLICE("Listening on"), LOG_TEXT("address", address));
	}
	if (secure_server(p, reterr) != ERR_NONE || confine_now(p, reterr) != ERR_NONE)
		return reterr->code;
	if (!app_start(p->app))
		return err_set(reterr, ERR_NOMEM, SLICE("no threads for large pushes"));
	if (http_server_start(p->server, reterr) != ERR_NONE)
		return reterr->code;
	/* Health is answered from here on, the rest when all is loaded. */
	return keeper_start(p->keeper)
		       ? ERR_NONE
		       : err_set(reterr, ERR_NOMEM, SLICE("the keeper's thread could not start"));
}

static enum err_code start(struct program *p, struct err *reterr)
{
	if (p->flags.web_config_file.len > 0) {
		p->webconfig = webconfig_file_new(p->flags.web_config_file);
		if (p->webconfig == NULL)
			return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	}
	p->self = make_self_metrics();
	if (p->self == NULL || !make_status(p))
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	if (make_keeper(p, reterr) != ERR_NONE)
		return reterr->code;
	p->app = make_app(p);
	if (p->app == NULL)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	return start_server(p, reterr);
}

/* Its changes are seen without this; who wants to know sends SIGHUP and reads the log. */
static void reload_webconfig(struct webconfig_file *f)
{
	struct http_policy_source source = webconfig_file_source(f);
	struct http_policy *policy;
	struct arena arena;
	struct err err = err_in(&arena);

	arena_init(&arena, TEXT_BYTES_MAX);
	webconfig_file_forget(f);
	if (source.current(source.state, &policy, &err) == ERR_NONE) {
		http_policy_release(policy);
		log_info(SLICE("the web configuration has been read again"));
	} else {
		log_error(SLICE("Unable to parse configuration"), LOG_TEXT("err", err.msg));
	}
	arena_free(&arena);
}

static void say_progress(const struct keeper *k)
{
	uint64_t done, all;
	char text[80];

	keeper_progress(k, &done, &all);
	(void)snprintf(text, sizeof(text), "Loading: %llu of %llu groups.",
		       (unsigned long long)done, (unsigned long long)all);
	systemd_say_status(slice_of(text));
}

/* Meanwhile the service manager is told when everything is loaded. */
static int wait_for_signal(const struct program *p, const sigset_t *signals, bool *announced)
{
	const struct timespec pause = {.tv_nsec = PROGRESS_NS};
	int received;

	while (!*announced && keeper_phase(p->keeper) == KEEPER_LOADING) {
		received = sigtimedwait(signals, NULL, &pause);
		if (received > 0)
			return received;
		say_progress(p->keeper);
	}
	if (!*announced && keeper_phase(p->keeper) == KEEPER_SERVING)
		systemd_say_ready();
	*announced = true;
	must_ok(sigwait(signals, &received));
	return received;
}

/* False: the program has failed. */
static bool wait_for_stop(const struct program *p, const sigset_t *signals)
{
	bool announced = false;
	int received = 0;

	while (received != SIGINT && received != SIGTERM && received != QUIT_SIGNAL &&
	       received != FAILED_SIGNAL) {
		received = wait_for_signal(p, signals, &announced);
		if (received == SIGHUP)
			reload_webconfig(p->webconfig);
	}
	if (received == QUIT_SIGNAL)
		log_warn(SLICE("received termination request via web service, exiting "
			       "gracefully..."));
	else if (received != FAILED_SIGNAL)
		log_info(SLICE("received SIGINT/SIGTERM; exiting gracefully..."));
	return received != FAILED_SIGNAL;
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
	bool ok = start(p, &err) == ERR_NONE;

	if (ok) {
		ok = wait_for_stop(p, signals);
		systemd_say_stopping();
		http_server_stop(p->server, to_ms(p->flags.web_shutdown_grace_ns));
		log_info(SLICE("HTTP server stopped"));
	} else {
		log_error(SLICE("HTTP server stopped"), LOG_TEXT("err", err.msg));
	}
	p->server = http_server_free(p->server);
	p->webconfig = webconfig_file_free(p->webconfig);
	p->app = app_free(p->app);
	p->keeper = keeper_free(p->keeper);
	migration_close(&p->migration);
	p->self = self_metrics_free(p->self);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* What stops the program waits for sigwait; the rest of these does nothing, as in the reference.
 * SIGHUP ends the program, as there, unless it has a web configuration to read again. */
static void set_signals(const struct flags *flags, sigset_t *ret_waited)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};

	must_ok(sigaction(SIGPIPE, &ignore, NULL));
	must_ok(sigaction(SIGUSR1, &ignore, NULL));
	must_ok(sigaction(SIGUSR2, &ignore, NULL));
	must_ok(sigemptyset(ret_waited));
	must_ok(sigaddset(ret_waited, SIGINT));
	must_ok(sigaddset(ret_waited, SIGTERM));
	must_ok(sigaddset(ret_waited, QUIT_SIGNAL));
	if (flags->web_config_file.len > 0)
		must_ok(sigaddset(ret_waited, SIGHUP));
	must_ok(sigaddset(ret_waited, FAILED_SIGNAL));
	must_ok(pthread_sigmask(SIG_BLOCK, ret_waited, NULL));
}

/* A file at its limit (RLIMIT_FSIZE) is a failed write; commands have something to clean up, too.
 */
static void ignore_file_limit(void)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};

	must_ok(sigaction(SIGXFSZ, &ignore, NULL));
}

/* Where the caller closed one of them the log would go into what is opened next. Writing fails as
 * to a closed one. */
static void hold_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* glibc joins the small blocks that it has put aside whenever a freed neighbour has grown to 64 KB:
 * after a wipe of 100,000 groups that is each time, and a quarter of its cost. Threads have lists
 * of small blocks of their own. */
static void tune_malloc(void)
{
	/* Another malloc may refuse; then it has its own ways. No other thread runs.
	 * NOLINTNEXTLINE(concurrency-mt-unsafe) */
	(void)mallopt(M_MXFAST, 0);
}

int main(int argc, char **argv)
{
	struct program program = {0};
	sigset_t signals;
	int exit_code;

	hold_standard_descriptors();
	ignore_file_limit();
	tune_malloc();
	arena_init(&program.arena, START_ARENA_BYTES_MAX);
	if (read_flags(&program, argc, argv, &exit_code)) {
		set_signals(&program.flags, &signals);
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
