/* SPDX-License-Identifier: Apache-2.0 */
#include "base/quote.h"
#include "main/commands.h"
#include "main/flag_table.h"
#include "main/version.h"

enum {
	INDENT = 2,
	GAP = 2,
	NAME_COLUMNS_MAX = 29, /* a longer name has a line of its own */
	TEXT_COLUMNS_MIN = 20,
	WORDS_MAX = 64,
};

static const struct slice description = {"The Pushgateway", 15};

/* The words of one help text and the cheapest way to break what begins at each: the same rule as
 * Go's comment printer, so that the lines of the reference's --help come out alike. A line costs
 * the square of what it leaves empty, and 64 when it does not end in punctuation; the last one
 * nothing; too long a line costs more than anything. */
struct wrap {
	struct slice words[WORDS_MAX + 1];
	size_t n_words;
	int64_t cost[WORDS_MAX + 1];      /* of the words before it */
	size_t line_start[WORDS_MAX + 1]; /* of the line that ends before it */
};

static const int64_t TOO_LONG = INT64_C(1) << 32;

static void split_words(struct wrap *w, struct slice text)
{
	struct slice word;

	while (slice_cut(text, ' ', &word, &text)) {
		assert(w->n_words < WORDS_MAX);
		w->words[w->n_words++] = word;
	}
	w->words[w->n_words++] = text;
}

static int64_t line_cost(const struct wrap *w, size_t from, size_t to, size_t columns)
{
	struct slice last = w->words[to - 1];
	size_t len = (size_t)(last.ptr + last.len - w->words[from].ptr);
	int64_t left = (int64_t)columns - (int64_t)len;
	int64_t penalty = memchr(".,:;", last.ptr[last.len - 1], 4) != NULL ? 0 : 64;

	if (left < 0)
		return left * left * TOO_LONG + penalty;
	return to == w->n_words ? 0 : left * left + penalty;
}

static void wrap_words(struct wrap *w, size_t columns)
{
	w->cost[0] = 0;
	for (size_t to = 1; to <= w->n_words; to++) {
		w->cost[to] = INT64_MAX;
		for (size_t from = 0; from < to; from++) {
			int64_t cost = w->cost[from] + line_cost(w, from, to, columns);

			if (cost < w->cost[to]) {
				w->cost[to] = cost;
				w->line_start[to] = from;
			}
		}
	}
}

static void put_wrapped(struct buf *out, struct slice text, size_t indent, size_t columns)
{
	struct wrap w = {.n_words = 0};
	size_t ends[WORDS_MAX + 1];
	size_t n_lines = 0;

	split_words(&w, text);
	wrap_words(&w, columns);
	for (size_t end = w.n_words; end > 0; end = w.line_start[end])
		ends[n_lines++] = end;
	for (size_t i = n_lines; i-- > 0;) {
		struct slice first = w.words[w.line_start[ends[i]]], last = w.words[ends[i] - 1];

		if (i + 1 < n_lines)
			buf_putf(out, "%*s", (int)indent, "");
		buf_put(out, slice_between(first.ptr, last.ptr + last.len));
		buf_put_byte(out, '\n');
	}
}

/* A switch that is on by default is named to be put off. */
static bool is_on(const struct flag_row *row)
{
	return row->kind == FLAG_BOOL && slice_eq(row->text, SLICE("true"));
}

/* `--name`, `--[no-]name` for what is on by default, `--name=default`, `--name="default"`,
 * `--name=default ...`. */
static void put_flag(struct buf *out, const struct flag_row *row, bool with_dots)
{
	buf_put(out, is_on(row) ? SLICE("--[no-]") : SLICE("--"));
	buf_put(out, row->name);
	if (row->kind == FLAG_BOOL)
		return;
	buf_put_byte(out, '=');
	if (row->kind == FLAG_TEXT)
		quote_string(out, row->text);
	else
		buf_put(out, row->text);
	if (row->kind == FLAG_LIST && with_dots)
		buf_put(out, SLICE(" ..."));
}

static const struct slice help_flag = {"-h, --help", 10};
static const struct slice help_text = {
	"Show context-sensitive help (also try --help-long and --help-man).", 66};
static const struct slice version_flag = {"    --version", 13};
static const struct slice version_text = {"Show application version.", 25};

static void put_row(struct buf *out, struct slice flag, struct slice help, size_t columns)
{
	size_t indent = INDENT + NAME_COLUMNS_MAX + GAP;

	buf_putf(out, "%*s", INDENT, "");
	buf_put(out, flag);
	if (flag.len < NAME_COLUMNS_MAX)
		buf_putf(out, "%*s", (int)(NAME_COLUMNS_MAX - flag.len), "");
	buf_putf(out, "%*s", GAP, "");
	if (flag.len > NAME_COLUMNS_MAX)
		buf_putf(out, "\n%*s", (int)indent, "");
	put_wrapped(out, help, indent,
		    columns > indent + TEXT_COLUMNS_MIN ? columns - indent : TEXT_COLUMNS_MIN);
}

void usage_put(struct buf *out, struct slice program, size_t columns)
{
	struct buf flag;

	buf_put(out, SLICE("usage: "));
	buf_put(out, program);
	buf_put(out, SLICE(" [<flags>]\n\n"));
	buf_put(out, description);
	buf_put(out, SLICE("\n\nFlags:\n"));
	put_row(out, help_flag, help_text, columns);
	buf_init(&flag, 1024);
	for (size_t i = 0; i < n_flag_rows; i++) {
		buf_clear(&flag);
		buf_put(&flag, SLICE("    "));
		put_flag(&flag, &flag_rows[i], true);
		put_row(out, buf_slice(&flag), flag_rows[i].help, columns);
	}
	buf_free(&flag);
	put_row(out, version_flag, version_text, columns);
	buf_put_byte(out, '\n');
	commands_put_usage(out);
}

void usage_put_man(struct buf *out, struct slice program)
{
	buf_put(out, SLICE(".TH "));
	buf_put(out, program);
	buf_put(out, SLICE(" 1 \"" VERSION_NUMBER "\" \"\"\n.SH \"NAME\"\n"));
	buf_put(out, program);
	buf_put(out, SLICE("\n.SH \"SYNOPSIS\"\n.TP\n\\fB"));
	buf_put(out, program);
	buf_put(out, SLICE(" [<flags>]\\fR\n\n.SH \"DESCRIPTION\"\n"));
	buf_put(out, description);
	buf_put(out, SLICE("\n.SH \"OPTIONS\"\n.TP\n\\fB-h, --help\\fR\n"));
	buf_put(out, help_text);
	for (size_t i = 0; i < n_flag_rows; i++) {
		buf_put(out, SLICE("\n.TP\n\\fB"));
		put_flag(out, &flag_rows[i], false);
		buf_put(out, SLICE("\\fR\n"));
		buf_put(out, flag_rows[i].help);
	}
	buf_put(out, SLICE("\n.TP\n\\fB--version\\fR\n"));
	buf_put(out, version_text);
	buf_put_byte(out, '\n');
}

void usage_put_names(struct buf *out)
{
	buf_put(out, SLICE("--help\n"));
	for (size_t i = 0; i < n_flag_rows; i++) {
		buf_put(out, is_on(&flag_rows[i]) ? SLICE("--no-") : SLICE("--"));
		buf_put(out, flag_rows[i].name);
		buf_put_byte(out, '\n');
	}
	buf_put(out, SLICE("--version\n"));
}

void usage_put_completion(struct buf *out, struct slice program, bool zsh)
{
	int len = (int)program.len;
	const char *name = program.ptr;

	if (zsh)
		buf_putf(out,
			 "#compdef %.*s\n"
			 "autoload -U compinit && compinit\n"
			 "autoload -U bashcompinit && bashcompinit\n",
			 len, name);
	buf_putf(out,
		 "_%.*s_flags() {\n"
		 "\tCOMPREPLY=($(compgen -W \"$(\"${COMP_WORDS[0]}\" --completion-bash)\" "
		 "-- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
		 "}\n"
		 "complete -F _%.*s_flags %.*s\n",
		 len, name, len, name, len, name);
}

void flags_put_version(struct buf *out)
{
	buf_put(out, SLICE("pushgateway, version " VERSION_NUMBER " (branch: " VERSION_BRANCH
			   ", revision: " VERSION_REVISION ")\n"
			   "  build user:       " VERSION_BUILD_USER "\n"
			   "  build date:       " VERSION_BUILD_DATE "\n"
			   "  go version:       " VERSION_COMPILER "\n"
			   "  platform:         " VERSION_PLATFORM "\n"
			   "  tags:             unknown\n"));
}
