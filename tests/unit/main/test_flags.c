/* SPDX-License-Identifier: Apache-2.0 */
#include "main/flags.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARGS_MAX = 8, TEXT_BYTES_MAX = 4 << 20, ARENA_BYTES_MAX = 8 << 20 };

/* One command line and what came of it. */
struct run {
	struct arena arena;
	struct flags flags;
	struct buf text;
	enum flags_outcome outcome;
};

static void run_start(struct run *run, const char *const *args)
{
	struct slice items[ARGS_MAX];
	struct command_line line = {
		.program = SLICE("prometheus-pushgateway"),
		.args = items,
		.columns = 80,
	};

	while (args[line.n_args] != NULL) {
		assert_true(line.n_args < ARGS_MAX);
		items[line.n_args] = slice_of(args[line.n_args]);
		line.n_args++;
	}
	arena_init(&run->arena, ARENA_BYTES_MAX);
	buf_init(&run->text, TEXT_BYTES_MAX);
	run->outcome = flags_parse(&line, &run->arena, &run->flags, &run->text);
	buf_put_byte(&run->text, 0);
	assert_true(buf_ok(&run->text));
}

static void run_end(struct run *run)
{
	buf_free(&run->text);
	arena_free(&run->arena);
}

static void assert_slice(struct slice got, const char *wanted)
{
	assert_int_equal(got.len, strlen(wanted));
	assert_memory_equal(got.ptr, wanted, got.len);
}

struct refusal {
	const char *args[ARGS_MAX];
	const char *text;
};

static void check_refusals(const struct refusal *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct run run;
		char wanted[512];

		run_start(&run, rows[i].args);
		(void)snprintf(wanted, sizeof(wanted),
			       "prometheus-pushgateway: error: %s, try --help\n", rows[i].text);
		assert_string_equal(run.text.ptr, wanted);
		assert_int_equal(run.outcome, FLAGS_REFUSED);
		run_end(&run);
	}
}

/* A file of arguments, named "@/tmp/..." in `ret_arg`. */
static void write_args_file(const char *text, char ret_arg[64])
{
	int fd;

	(void)snprintf(ret_arg, 64, "@/tmp/pushgateway-args-XXXXXX");
	fd = mkstemp(ret_arg + 1);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* Without arguments every flag has the reference's default, and ours are as documented. */
static void defaults(void **state)
{
	static const char *const wanted[][2] = {
		{"web.systemd-socket", "false"},
		{"web.listen-address", ":9091"},
		{"web.config.file", ""},
		{"web.telemetry-path", "/metrics"},
		{"web.external-url", ""},
		{"web.route-prefix", ""},
		{"web.enable-lifecycle", "false"},
		{"web.enable-admin-api", "false"},
		{"persistence.file", ""},
		{"persistence.interval", "5m0s"},
		{"push.disable-consistency-check", "false"},
		{"push.enable-utf8-names", "false"},
		{"log.level", "info"},
		{"log.format", "logfmt"},
		{"web.workers", "0"},
		{"web.max-header-bytes", "1MiB"},
		{"web.max-body-bytes", "64MiB"},
		{"web.max-inflated-bytes", "128MiB"},
		{"web.max-connections", "20000"},
		{"web.max-buffer-bytes", "256MiB"},
		{"web.header-timeout", "10s"},
		{"web.body-timeout", "1m0s"},
		{"web.idle-timeout", "2m0s"},
		{"web.response-timeout", "1m0s"},
		{"web.max-scrapes", "40"},
		{"web.shutdown-grace", "10s"},
		{"web.enable-openmetrics", "false"},
		{"web.max-logins-waiting", "1000"},
		{"push.max-families", "10000"},
		{"push.max-series", "200000"},
		{"push.max-labels-per-series", "100"},
		{"push.max-name-bytes", "1KiB"},
		{"push.max-value-bytes", "64KiB"},
		{"push.max-rendered-bytes", "256MiB"},
		{"push.max-memory-bytes", "256MiB"},
		{"push.max-shapes-per-family", "100"},
		{"push.enable-openmetrics", "false"},
		{"push.max-waiting", "1000"},
		{"push.max-waiting-bytes", "256MiB"},
		{"store.max-groups", "2000000"},
		{"store.max-series", "10000000"},
		{"store.max-bytes", "0"},
		{"persistence.relaxed", "false"},
		{"sandbox", "true"},
	};
	const size_t n = sizeof(wanted) / sizeof(wanted[0]);
	struct slice name, value;
	struct run run;

	(void)state;
	run_start(&run, (const char *const[]){NULL});
	assert_int_equal(run.outcome, FLAGS_START);
	assert_string_equal(run.text.ptr, "");
	for (size_t i = 0; i < n; i++) {
		assert_true(flags_show(&run.flags, i, &run.arena, &name, &value));
		assert_slice(name, wanted[i][0]);
		assert_slice(value, wanted[i][1]);
	}
	assert_false(flags_show(&run.flags, n, &run.arena, &name, &value));
	run_end(&run);
}

/* Values are taken in both forms, also when they look like something else. */
static void values(void **state)
{
	static const struct {
		const char *args[ARGS_MAX];
		const char *name;
		const char *shown;
	} rows[] = {
		{{"--web.systemd-socket"}, "web.systemd-socket", "true"},
		{{"--no-web.systemd-socket"}, "web.systemd-socket", "false"},
		{{"--web.listen-address=:1"}, "web.listen-address", ":1"},
		{{"--web.listen-address", ":1", "--web.listen-address", ":2"},
		 "web.listen-address",
		 ":1,:2"},
		{{"--web.listen-address", "vsock://:9100"}, "web.listen-address", "vsock://:9100"},
		{{"--web.telemetry-path="}, "web.telemetry-path", ""},
		{{"--web.telemetry-path=a=b"}, "web.telemetry-path", "a=b"},
		{{"--web.telemetry-path", "--", "--x"}, "web.telemetry-path", "--x"},
		{{"--web.external-url", "HTTP://h/a b"}, "web.external-url", "http://h/a%20b"},
		{{"--persistence.interval=-1.5h"}, "persistence.interval", "-1h30m0s"},
		{{"--persistence.interval", "0"}, "persistence.interval", "0s"},
		{{"--log.level=WaRn"}, "log.level", "warn"},
		{{"--log.format", "json"}, "log.format", "json"},
		{{"--web.max-body-bytes=0"}, "web.max-body-bytes", "0"},
		{{"--web.max-body-bytes=1000"}, "web.max-body-bytes", "1000"},
		{{"--web.max-body-bytes=2048"}, "web.max-body-bytes", "2KiB"},
		{{"--web.max-body-bytes=3GiB"}, "web.max-body-bytes", "3GiB"},
		{{"--web.shutdown-grace=0"}, "web.shutdown-grace", "0s"},
		{{"--push.max-families=4294967295"}, "push.max-families", "4294967295"},
		{{"--"}, "web.systemd-socket", "false"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct slice name, value;
		struct run run;

		run_start(&run, rows[i].args);
		assert_string_equal(run.text.ptr, "");
		assert_int_equal(run.outcome, FLAGS_START);
		for (size_t row = 0; flags_show(&run.flags, row, &run.arena, &name, &value); row++)
			if (slice_eq(name, slice_of(rows[i].name)))
				break;
		assert_slice(value, rows[i].shown);
		run_end(&run);
	}
}

/* Every error of the command line has the reference's text. */
static void errors_in_the_reference_s_words(void **state)
{
	static const struct refusal rows[] = {
		{{"--nosuch"}, "unknown long flag '--nosuch'"},
		{{"--nosuch=1"}, "unknown long flag '--nosuch'"},
		{{"--="}, "unknown long flag '--'"},
		{{"--no-"}, "unknown long flag '--no-'"},
		{{"--no-no-help"}, "unknown long flag '--no-no-help'"},
		{{"--no-log.level"}, "unknown long flag '--no-log.level'"},
		{{"--web.enable"}, "unknown long flag '--web.enable'"},
		{{"-x"}, "unknown short flag '-x'"},
		{{"-hx"}, "unknown short flag '-x'"},
		{{"-h=x"}, "unknown short flag '-='"},
		{{"-"}, "unknown short flag '-'"},
		{{"-\303\251"}, "unknown short flag '-\303\251'"},
		{{"-\377"}, "unknown short flag '-\357\277\275'"},
		{{"--log.level", "info", "--log.level", "info"},
		 "flag 'log.level' cannot be repeated"},
		{{"--web.enable-lifecycle", "--no-web.enable-lifecycle"},
		 "flag 'web.enable-lifecycle' cannot be repeated"},
		{{"extra"}, "unexpected extra"},
		{{""}, "unexpected "},
		{{"--", "--help"}, "unexpected --help"},
		{{"--", "--"}, "unexpected --"},
		{{"--", "@x"}, "unexpected @x"},
		{{"--web.enable-lifecycle=true"}, "unexpected true"},
		{{"--web.enable-lifecycle="}, "unexpected "},
		{{"--web.listen-address"}, "expected argument for flag '--web.listen-address'"},
		{{"--web.listen-address", "--log.level=info"},
		 "expected argument for flag '--web.listen-address'"},
		{{"--web.external-url", "--help"},
		 "expected argument for flag '--web.external-url'"},
		{{"--web.config.file", "@/nosuch/file"},
		 "expected argument for flag '--web.config.file'"},
		{{"--persistence.interval=abc"}, "time: invalid duration \"abc\""},
		{{"--persistence.interval=1d"}, "time: unknown unit \"d\" in duration \"1d\""},
		{{"--persistence.interval=5"}, "time: missing unit in duration \"5\""},
		{{"--log.level=foo"}, "unrecognized log level foo"},
		{{"--log.level="}, "unrecognized log level "},
		{{"--log.format=xml"}, "unrecognized log format xml"},
		{{"--log.format=JSON"}, "unrecognized log format JSON"},
		{{"--web.external-url=://bad"},
		 "invalid URL: parse \"://bad\": missing protocol scheme"},
		{{"@/nosuch/file"},
		 "failed to open arguments file \"/nosuch/file\": open /nosuch/file: no such file "
		 "or directory"},
		{{"@"}, "expected @ file to expand arguments from"},
		{{"@."}, "failed to read arguments from \".\": read .: is a directory"},
	};

	(void)state;
	check_refusals(rows, sizeof(rows) / sizeof(rows[0]));
}

/* Of several errors the line's come before the values', and the first before the others. */
static void the_first_error_counts(void **state)
{
	static const struct refusal rows[] = {
		{{"--log.level=foo", "--nosuch"}, "unknown long flag '--nosuch'"},
		{{"--help", "--nosuch"}, "unknown long flag '--nosuch'"},
		{{"--nosuch", "--version"}, "unknown long flag '--nosuch'"},
		{{"--log.level=foo", "--log.level=bar"}, "unrecognized log level foo"},
		{{"--log.level=info", "--log.level=bar"}, "flag 'log.level' cannot be repeated"},
		{{"--log.level=foo", "--persistence.interval=x"}, "unrecognized log level foo"},
	};

	(void)state;
	check_refusals(rows, sizeof(rows) / sizeof(rows[0]));
}

/* Our own numbers are bounded on both sides, and the error says by what. */
static void numbers_out_of_range(void **state)
{
	static const struct refusal rows[] = {
		{{"--web.workers=65"}, "--web.workers: '65' is not a whole number from 0 to 64"},
		{{"--web.workers=-1"}, "--web.workers: '-1' is not a whole number from 0 to 64"},
		{{"--web.workers=1x"}, "--web.workers: '1x' is not a whole number from 0 to 64"},
		{{"--web.workers="}, "--web.workers: '' is not a whole number from 0 to 64"},
		{{"--push.max-series=4294967296"},
		 "--push.max-series: '4294967296' is not a whole number from 0 to 4294967295"},
		{{"--push.max-series=99999999999999999999999"},
		 "--push.max-series: '99999999999999999999999' is not a whole number from 0 to "
		 "4294967295"},
		{{"--web.max-header-bytes=1023"},
		 "--web.max-header-bytes: '1023' is not a number of bytes (or KiB, MiB, GiB) from "
		 "1024 to 1073741824"},
		{{"--web.max-body-bytes=999999999999GiB"},
		 "--web.max-body-bytes: '999999999999GiB' is not a number of bytes (or KiB, MiB, "
		 "GiB) from 0 to 17179869184"},
		{{"--web.max-body-bytes=1MB"},
		 "--web.max-body-bytes: '1MB' is not a number of bytes (or KiB, MiB, GiB) from 0 "
		 "to "
		 "17179869184"},
		{{"--web.idle-timeout=0"},
		 "--web.idle-timeout: '0' is not a time from 1ms to 24h0m0s"},
		{{"--web.idle-timeout=25h"},
		 "--web.idle-timeout: '25h' is not a time from 1ms to 24h0m0s"},
		{{"--web.idle-timeout=5"}, "time: missing unit in duration \"5\""},
	};

	(void)state;
	check_refusals(rows, sizeof(rows) / sizeof(rows[0]));
}

/* @FILE stands for its lines: comments left out, CR LF or LF, no line needed at the end. */
static void arguments_from_a_file(void **state)
{
	static const struct {
		const char *text;
		const char *refusal; /* NULL: starts, with log level warn */
	} rows[] = {
		{"--log.level=warn\n", NULL},
		{"--log.level\r\nwarn\r\n", NULL},
		{"# --nosuch\n--log.level\nwarn", NULL},
		{"--log.level=warn\n\n",
		 "prometheus-pushgateway: error: unexpected , try --help\n"},
		{"--log.level=warn\n--\n--x\n",
		 "prometheus-pushgateway: error: unexpected --x, try --help\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct run run;
		char arg[64];

		write_args_file(rows[i].text, arg);
		run_start(&run, (const char *const[]){arg, NULL});
		unlink(arg + 1);
		assert_string_equal(run.text.ptr, rows[i].refusal == NULL ? "" : rows[i].refusal);
		if (rows[i].refusal == NULL)
			assert_int_equal(run.flags.log_level, LOG_WARN);
		run_end(&run);
	}
}

/* A file that is empty gives no argument; what stands after it on the line is still read. */
static void an_empty_arguments_file(void **state)
{
	struct run run;
	char arg[64];

	(void)state;
	write_args_file("", arg);
	run_start(&run, (const char *const[]){arg, "--log.level=error", NULL});
	unlink(arg + 1);
	assert_int_equal(run.outcome, FLAGS_START);
	assert_int_equal(run.flags.log_level, LOG_ERROR);
	run_end(&run);
}

/* A file that names itself comes to an end. */
static void an_arguments_file_that_names_itself(void **state)
{
	char arg[64], line[160];
	struct run run;
	FILE *file;

	(void)state;
	write_args_file("", arg);
	(void)snprintf(line, sizeof(line), "%s\n%s\n", arg, arg);
	file = fopen(arg + 1, "w");
	assert_non_null(file);
	assert_true(fputs(line, file) >= 0);
	assert_int_equal(fclose(file), 0);
	run_start(&run, (const char *const[]){arg, NULL});
	unlink(arg + 1);
	assert_string_equal(run.text.ptr, "prometheus-pushgateway: error: more than 100 argument "
					  "files, try --help\n");
	run_end(&run);
}

/* A file of any size is read only so far. */
static void an_arguments_file_that_is_too_large(void **state)
{
	char *text = test_malloc((2 << 20) + 1);
	struct run run;
	char arg[64];

	(void)state;
	memset(text, '#', 2 << 20);
	text[2 << 20] = 0;
	write_args_file(text, arg);
	run_start(&run, (const char *const[]){arg, NULL});
	unlink(arg + 1);
	assert_int_equal(run.outcome, FLAGS_REFUSED);
	assert_non_null(strstr(run.text.ptr, "failed to read arguments from "));
	assert_non_null(strstr(run.text.ptr, ": it is larger than 1 MiB, try --help\n"));
	run_end(&run);
	test_free(text);
}

static const char reference_help[] =
	"usage: prometheus-pushgateway [<flags>]\n"
	"\n"
	"The Pushgateway\n"
	"\n"
	"Flags:\n"
	"  -h, --help                     Show context-sensitive help (also try\n"
	"                                 --help-long and --help-man).\n"
	"      --web.systemd-socket       Use systemd socket activation listeners instead\n"
	"                                 of port listeners (Linux only).\n"
	"      --web.listen-address=:9091 ...  \n"
	"                                 Addresses on which to expose metrics and web\n"
	"                                 interface. Repeatable for multiple addresses.\n"
	"                                 Examples: `:9100` or `[::1]:9100` for http,\n"
	"                                 `vsock://:9100` for vsock\n"
	"      --web.config.file=\"\"       Path to configuration file that can\n"
	"                                 enable TLS or authentication. See:\n"
	"                                 "
	"https://github.com/prometheus/exporter-toolkit/blob/master/docs/"
	"web-configuration.md\n"
	"      --web.telemetry-path=\"/metrics\"  \n"
	"                                 Path under which to expose metrics.\n"
	"      --web.external-url=        The URL under which the Pushgateway is\n"
	"                                 externally reachable.\n"
	"      --web.route-prefix=\"\"      Prefix for the internal routes of web\n"
	"                                 endpoints. Defaults to the path of\n"
	"                                 --web.external-url.\n"
	"      --web.enable-lifecycle     Enable shutdown via HTTP request.\n"
	"      --web.enable-admin-api     Enable API endpoints for admin control actions.\n"
	"      --persistence.file=\"\"      File to persist metrics. If empty, metrics "
	"are\n"
	"                                 only kept in memory.\n"
	"      --persistence.interval=5m  The minimum interval at which to write out the\n"
	"                                 persistence file.\n"
	"      --push.disable-consistency-check  \n"
	"                                 Do not check consistency of pushed metrics.\n"
	"                                 DANGEROUS.\n"
	"      --push.enable-utf8-names   Allow UTF-8 characters in metric and label\n"
	"                                 names.\n"
	"      --log.level=info           Only log messages with the given severity or\n"
	"                                 above. One of: [debug, info, warn, error]\n"
	"      --log.format=logfmt        Output format of log messages. One of: [logfmt,\n"
	"                                 json]\n";

/* --help begins with the reference's text to the byte; ours follow, --version is the last. */
static void help_is_the_reference_s(void **state)
{
	static const char *const lines[][ARGS_MAX] = {
		{"--help"},
		{"-h"},
		{"-hh"},
		{"--no-help"},
		{"--help", "--help"},
		{"--help-long"},
		{"--log.level=foo", "--help"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct run run;

		run_start(&run, lines[i]);
		assert_int_equal(run.outcome, FLAGS_PRINT);
		assert_true(run.text.len > sizeof(reference_help));
		run.text.ptr[sizeof(reference_help) - 1] = 0;
		assert_string_equal(run.text.ptr, reference_help);
		assert_non_null(strstr(run.text.ptr + sizeof(reference_help),
				       "\n      --store.max-series="));
		assert_non_null(strstr(run.text.ptr + sizeof(reference_help),
				       "\n      --version                  Show application "
				       "version.\n\n"));
		run_end(&run);
	}
}

/* --version is six lines and wins over everything but an error to its left. */
static void version_is_six_lines(void **state)
{
	static const char *const lines[][ARGS_MAX] = {
		{"--version"},    {"--version", "--help"},    {"--help", "--version"},
		{"--version=1"},  {"--version", "extra"},     {"--version", "--nosuch"},
		{"--no-version"}, {"--version", "--version"}, {"--log.level=foo", "--version"},
	};
	static const char *const starts[] = {
		"pushgateway, version ", "  build user:       ", "  build date:       ",
		"  go version:       ",  "  platform:         ", "  tags:             unknown",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct run run;
		const char *at;

		run_start(&run, lines[i]);
		assert_int_equal(run.outcome, FLAGS_PRINT);
		at = run.text.ptr;
		for (size_t k = 0; k < sizeof(starts) / sizeof(starts[0]); k++) {
			assert_memory_equal(at, starts[k], strlen(starts[k]));
			at = strchr(at, '\n');
			assert_non_null(at);
			at++;
		}
		assert_string_equal(at, "");
		assert_non_null(strstr(run.text.ptr, " (branch: "));
		assert_non_null(strstr(run.text.ptr, ", revision: "));
		run_end(&run);
	}
}

/* The manual page and the shells' completion name every flag. */
static void other_texts_name_every_flag(void **state)
{
	static const char *const lines[][ARGS_MAX] = {
		{"--help-man"},
		{"--completion-bash"},
		{"--completion-bash", "--nosuch"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct slice name, value;
		struct run run;

		run_start(&run, lines[i]);
		assert_int_equal(run.outcome, FLAGS_PRINT);
		for (size_t k = 0; flags_show(&run.flags, k, &run.arena, &name, &value); k++) {
			/* What is on by default is there to be put off. */
			const char *before = !slice_eq(value, SLICE("true")) ? "--"
					     : i == 0                        ? "--[no-]"
									     : "--no-";
			char flag[64];

			(void)snprintf(flag, sizeof(flag), "%s%.*s", before, SLICE_ARG(name));
			assert_non_null(strstr(run.text.ptr, flag));
		}
		run_end(&run);
	}
}

/* The completion scripts are for the program's own name. */
static void completion_scripts(void **state)
{
	struct run run;

	(void)state;
	run_start(&run, (const char *const[]){"--completion-script-bash", NULL});
	assert_int_equal(run.outcome, FLAGS_PRINT);
	assert_non_null(strstr(run.text.ptr, "complete -F _prometheus-pushgateway_flags "
					     "prometheus-pushgateway\n"));
	run_end(&run);
	run_start(&run, (const char *const[]){"--completion-script-zsh", NULL});
	assert_int_equal(run.outcome, FLAGS_PRINT);
	assert_memory_equal(run.text.ptr, "#compdef prometheus-pushgateway\n", 32);
	run_end(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(values),
		cmocka_unit_test(errors_in_the_reference_s_words),
		cmocka_unit_test(the_first_error_counts),
		cmocka_unit_test(numbers_out_of_range),
		cmocka_unit_test(arguments_from_a_file),
		cmocka_unit_test(an_empty_arguments_file),
		cmocka_unit_test(an_arguments_file_that_names_itself),
		cmocka_unit_test(an_arguments_file_that_is_too_large),
		cmocka_unit_test(help_is_the_reference_s),
		cmocka_unit_test(version_is_six_lines),
		cmocka_unit_test(other_texts_name_every_flag),
		cmocka_unit_test(completion_scripts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
