/* SPDX-License-Identifier: Apache-2.0 */
#include "main/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "main/args.h"
#include "main/output.h"

enum { ARENA_BYTES_MAX = 16 << 20 };

static const struct command {
	struct slice name, usage, help;
	bool has_format, has_out;
	int (*run)(const struct command_args *args);
} commands[] = {
	{SLICE_TEXT("export"), SLICE_TEXT("export --gob FILE OUT"),
	 SLICE_TEXT("Write a persistence file as one that the Go Pushgateway reads."), true, true,
	 command_export},
	{SLICE_TEXT("export"), SLICE_TEXT("export --text FILE [OUT]"),
	 SLICE_TEXT("Write it as text exposition."), true, true, command_export},
	{SLICE_TEXT("check"), SLICE_TEXT("check FILE"),
	 SLICE_TEXT("Say what a persistence file holds and whether it is whole."), false, false,
	 command_check},
};
enum { N_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

void commands_put_usage(struct buf *out)
{
	buf_put(out, SLICE("Commands:\n"));
	for (size_t i = 0; i < N_COMMANDS; i++) {
		buf_put(out, SLICE("  "));
		buf_put(out, commands[i].usage);
		buf_putf(out, "%*s",
			 commands[i].usage.len < 29 ? 31 - (int)commands[i].usage.len : 2, "");
		buf_put(out, commands[i].help);
		buf_put_byte(out, '\n');
	}
}

void command_complain(const struct command_args *args, const char *kind, struct slice sentence)
{
	(void)fprintf(stderr, "%.*s: %s: %.*s\n", SLICE_ARG(args->program), kind,
		      SLICE_ARG(sentence));
}

/* ---- arguments ---- */

struct parser {
	const struct command *command;
	struct arena *arena;
	struct command_args *args;
	struct buf *err;
	size_t n_files;
};

static bool fail(struct parser *p, const char *before, struct token t, const char *after)
{
	buf_put(p->err, slice_of(before));
	token_put(p->err, t);
	buf_put(p->err, slice_of(after));
	return false;
}

static bool take_file(struct parser *p, struct token t)
{
	const char **ret = p->n_files == 0 ? &p->args->file : &p->args->out;
	char *path = arena_string(p->arena, t.text);

	if (p->n_files == (p->command->has_out ? 2 : 1))
		return fail(p, "unexpected ", t, "");
	if (path == NULL) {
		buf_put(p->err, SLICE("out of memory"));
		return false;
	}
	*ret = path;
	p->n_files++;
	return true;
}

static bool take(struct parser *p, struct token t)
{
	bool is_format = slice_eq(t.text, SLICE("gob")) || slice_eq(t.text, SLICE("text"));

	if (t.kind == TOKEN_SHORT && t.text.len == 0) {
		t = (struct token){TOKEN_ARG, SLICE("-")};
		return take_file(p, t);
	}
	if (t.kind == TOKEN_ARG)
		return take_file(p, t);
	if (t.kind == TOKEN_ERROR)
		return fail(p, "", t, "");
	if (t.kind == TOKEN_SHORT)
		return fail(p, "unknown short flag '", t, "'");
	if (!p->command->has_format || !is_format)
		return fail(p, "unknown long flag '", t, "'");
	if (p->args->format.len > 0)
		return fail(p, "one of --gob and --text is enough, unexpected ", t, "");
	p->args->format = t.text;
	return true;
}

static bool take_all(struct parser *p, const struct command_line *line)
{
	struct args args;

	if (!args_start(&args, line->args + 1, line->n_args - 1, p->arena)) {
		buf_put(p->err, SLICE("out of memory"));
		return false;
	}
	for (struct token t = args_next(&args); t.kind != TOKEN_END; t = args_next(&args))
		if (!take(p, t))
			return false;
	if (p->command->has_format && p->args->format.len == 0)
		buf_put(p->err, SLICE("expected --gob or --text"));
	else if (p->args->file == NULL)
		buf_put(p->err, SLICE("expected the name of a persistence file"));
	else if (slice_eq(p->args->format, SLICE("gob")) && p->args->out == NULL)
		buf_put(p->err, SLICE("expected the name of the file to write"));
	return p->err->len == 0;
}

/* ---- the table ---- */

static const struct command *find(struct slice name)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (slice_eq(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static int run(const struct command *command, const struct command_line *line, struct arena *arena)
{
	struct command_args args = {.program = line->program, .format = SLICE_EMPTY};
	struct parser p = {.command = command, .arena = arena, .args = &args};
	int exit_code = COMMAND_FAILED;
	struct buf err;

	buf_init(&err, ARENA_BYTES_MAX);
	p.err = &err;
	if (take_all(&p, line)) {
		/* What the ledger finds it says in the log. */
		(void)log_start(LOG_WARN, LOG_LOGFMT, STDERR_FILENO);
		exit_code = command->run(&args);
		log_stop();
	} else {
		buf_put(&err, SLICE(", try --help"));
		command_complain(&args, "error", buf_slice(&err));
	}
	buf_free(&err);
	return exit_code;
}

/* Only right behind the command: elsewhere it may be a file's name after `--`. */
static bool asks_for_help(const struct command_line *line)
{
	return line->n_args == 2 &&
	       (slice_eq(line->args[1], SLICE("--help")) || slice_eq(line->args[1], SLICE("-h")));
}

static int show_usage(void)
{
	struct buf out;
	bool ok;

	buf_init(&out, ARENA_BYTES_MAX);
	commands_put_usage(&out);
	ok = buf_ok(&out) && output_write(STDOUT_FILENO, buf_slice(&out));
	buf_free(&out);
	return ok ? EXIT_SUCCESS : COMMAND_FAILED;
}

bool commands_run(const struct command_line *line, int *ret_exit)
{
	const struct command *command = line->n_args == 0 ? NULL : find(line->args[0]);
	struct arena arena;

	if (command == NULL)
		return false;
	arena_init(&arena, ARENA_BYTES_MAX);
	*ret_exit = asks_for_help(line) ? show_usage() : run(command, line, &arena);
	arena_free(&arena);
	return true;
}
