/* SPDX-License-Identifier: Apache-2.0 */
#include "main/flags.h"

#include "base/clock.h"
#include "main/args.h"
#include "main/duration.h"
#include "main/flag_table.h"

/* Deadlines of ours: they end up as uint32_t milliseconds. */
#define SPAN_MIN 1000000
#define SPAN_MAX (INT64_C(24) * 3600 * 1000000000)

#define TEXT_SLICE(lit)                                                                            \
	{                                                                                          \
		"" lit "", sizeof(lit) - 1                                                         \
	}

const struct flag_row flag_rows[] = {
#define FLAG(kind_, field, name_, text_, help_)                                                    \
	{                                                                                          \
		.kind = FLAG_##kind_,                                                              \
		.offset = offsetof(struct flags, field),                                           \
		.name = TEXT_SLICE(name_),                                                         \
		.text = TEXT_SLICE(text_),                                                         \
		.help = TEXT_SLICE(help_),                                                         \
	},
#define FLAG_NUMBER(kind_, field, name_, text_, min_, max_, help_)                                 \
	{                                                                                          \
		.kind = FLAG_##kind_,                                                              \
		.offset = offsetof(struct flags, field),                                           \
		.name = TEXT_SLICE(name_),                                                         \
		.text = TEXT_SLICE(text_),                                                         \
		.help = TEXT_SLICE(help_),                                                         \
		.min = min_,                                                                       \
		.max = max_,                                                                       \
	},
#include "main/flags.def"
};
const size_t n_flag_rows = sizeof(flag_rows) / sizeof(flag_rows[0]);

static const struct special_row {
	enum special special;
	struct slice name;
} special_rows[] = {
	{SPECIAL_HELP, TEXT_SLICE("help")},
	{SPECIAL_HELP_LONG, TEXT_SLICE("help-long")},
	{SPECIAL_HELP_MAN, TEXT_SLICE("help-man")},
	{SPECIAL_COMPLETION_BASH, TEXT_SLICE("completion-bash")},
	{SPECIAL_COMPLETION_SCRIPT_BASH, TEXT_SLICE("completion-script-bash")},
	{SPECIAL_COMPLETION_SCRIPT_ZSH, TEXT_SLICE("completion-script-zsh")},
	{SPECIAL_VERSION, TEXT_SLICE("version")},
};
enum { N_SPECIAL_ROWS = sizeof(special_rows) / sizeof(special_rows[0]) };

/* A flag as it was given; exactly one of row and special is set. */
struct given {
	struct given *next;
	const struct flag_row *row;
	const struct special_row *special;
	struct slice value;
};

struct parser {
	const struct command_line *line;
	struct arena *arena;
	struct flags *flags;
	struct given *first, **tail;
};

static void *field_of(const struct flags *flags, const struct flag_row *row)
{
	return (char *)flags + row->offset;
}

static bool fail_range(const struct flag_row *row, struct slice value, const char *what,
		       struct buf *reterr)
{
	buf_put(reterr, SLICE("--"));
	buf_put(reterr, row->name);
	buf_put(reterr, SLICE(": '"));
	buf_put(reterr, value);
	buf_putf(reterr, "' is not %s from ", what);
	if (row->kind == FLAG_DURATION) {
		duration_write(reterr, row->min);
		buf_put(reterr, SLICE(" to "));
		duration_write(reterr, row->max);
	} else {
		buf_putf(reterr, "%lld to %lld", (long long)row->min, (long long)row->max);
	}
	return false;
}

/* Digits, at most 10^17. */
static bool take_digits(struct slice *rest, int64_t *ret)
{
	size_t n = 0;
	int64_t value = 0;

	while (n < rest->len && n < 18 && rest->ptr[n] >= '0' && rest->ptr[n] <= '9')
		value = value * 10 + (rest->ptr[n++] - '0');
	*rest = slice_skip(*rest, n);
	*ret = value;
	return n > 0 && n < 18;
}

static bool set_count(const struct flag_row *row, struct slice value, int64_t *ret,
		      struct buf *reterr)
{
	struct slice rest = value;
	int64_t n;

	if (!take_digits(&rest, &n) || rest.len > 0 || n < row->min || n > row->max)
		return fail_range(row, value, "a whole number", reterr);
	*ret = n;
	return true;
}

static const struct size_unit {
	struct slice name;
	int shift;
} size_units[] = {
	{TEXT_SLICE("GiB"), 30},
	{TEXT_SLICE("MiB"), 20},
	{TEXT_SLICE("KiB"), 10},
	{TEXT_SLICE(""), 0},
};

static bool set_size(const struct flag_row *row, struct slice value, int64_t *ret,
		     struct buf *reterr)
{
	struct slice rest = value;
	int64_t n;

	if (take_digits(&rest, &n)) {
		for (size_t i = 0; i < sizeof(size_units) / sizeof(size_units[0]); i++) {
			if (slice_eq(rest, size_units[i].name) &&
			    n <= row->max >> size_units[i].shift &&
			    n << size_units[i].shift >= row->min) {
				*ret = n << size_units[i].shift;
				return true;
			}
		}
	}
	return fail_range(row, value, "a number of bytes (or KiB, MiB, GiB)", reterr);
}

static bool set_duration(const struct flag_row *row, struct slice value, int64_t *ret,
			 struct buf *reterr)
{
	if (!duration_parse(value, ret, reterr))
		return false;
	if (*ret < row->min || *ret > row->max)
		return fail_range(row, value, "a time", reterr);
	return true;
}

static const struct slice level_names[] = {
	[LOG_DEBUG] = TEXT_SLICE("debug"),
	[LOG_INFO] = TEXT_SLICE("info"),
	[LOG_WARN] = TEXT_SLICE("warn"),
	[LOG_ERROR] = TEXT_SLICE("error"),
};

static bool set_level(struct slice value, enum log_level *ret, struct buf *reterr)
{
	for (int i = LOG_DEBUG; i <= LOG_ERROR; i++) {
		if (slice_eq_nocase(value, level_names[i])) {
			*ret = (enum log_level)i;
			return true;
		}
	}
	buf_put(reterr, SLICE("unrecognized log level "));
	buf_put(reterr, value);
	return false;
}

static bool set_format(struct slice value, enum log_format *ret, struct buf *reterr)
{
	bool json = slice_eq(value, SLICE("json"));

	if (!json && !slice_eq(value, SLICE("logfmt"))) {
		buf_put(reterr, SLICE("unrecognized log format "));
		buf_put(reterr, value);
		return false;
	}
	*ret = json ? LOG_JSON : LOG_LOGFMT;
	return true;
}

static bool set_url(struct slice value, struct arena *arena, struct url *ret, struct buf *reterr)
{
	struct buf why;
	bool ok;

	buf_init(&why, reterr->bytes_max);
	ok = url_parse(value, arena, ret, &why);
	if (!ok) {
		buf_put(reterr, SLICE("invalid URL: "));
		buf_put(reterr, buf_slice(&why));
	}
	buf_free(&why);
	return ok;
}

static bool append(struct slice_list *list, struct slice value, struct arena *arena)
{
	struct slice *items = arena_new_array(arena, struct slice, list->n + 1);

	if (items == NULL)
		return false;
	if (list->n > 0)
		memcpy(items, list->items, list->n * sizeof(*items));
	items[list->n] = value;
	*list = (struct slice_list){items, list->n + 1};
	return true;
}

static bool set(struct parser *p, const struct flag_row *row, struct slice value,
		struct buf *reterr)
{
	void *field = field_of(p->flags, row);

	switch (row->kind) {
	case FLAG_BOOL:
		*(bool *)field = slice_eq(value, SLICE("true"));
		return true;
	case FLAG_TEXT:
		*(struct slice *)field = value;
		return true;
	case FLAG_LIST:
		if (append(field, value, p->arena))
			return true;
		buf_put(reterr, SLICE("out of memory"));
		return false;
	case FLAG_URL:
		return set_url(value, p->arena, field, reterr);
	case FLAG_LEVEL:
		return set_level(value, field, reterr);
	case FLAG_FORMAT:
		return set_format(value, field, reterr);
	case FLAG_COUNT:
		return set_count(row, value, field, reterr);
	case FLAG_SIZE:
		return set_size(row, value, field, reterr);
	case FLAG_DURATION:
		return set_duration(row, value, field, reterr);
	}
	not_reached();
}

static const struct flag_row *find_row(struct slice name)
{
	for (size_t i = 0; i < n_flag_rows; i++) {
		if (slice_eq(flag_rows[i].name, name))
			return &flag_rows[i];
	}
	return NULL;
}

static const struct special_row *find_special(struct slice name)
{
	for (size_t i = 0; i < N_SPECIAL_ROWS; i++) {
		if (slice_eq(special_rows[i].name, name))
			return &special_rows[i];
	}
	return NULL;
}

static bool fail_token(struct buf *reterr, struct slice before, struct token t, struct slice after)
{
	buf_put(reterr, before);
	token_put(reterr, t);
	buf_put(reterr, after);
	return false;
}

static bool find_flag(struct token t, struct given *ret, bool *ret_inverted)
{
	struct slice name = t.text;

	*ret_inverted = false;
	if (t.kind == TOKEN_SHORT) {
		ret->special = slice_eq(name, SLICE("h")) ? find_special(SLICE("help")) : NULL;
		return ret->special != NULL;
	}
	ret->row = find_row(name);
	ret->special = find_special(name);
	if (ret->row == NULL && ret->special == NULL && slice_starts(name, SLICE("no-"))) {
		*ret_inverted = true;
		ret->row = find_row(slice_skip(name, 3));
		ret->special = find_special(slice_skip(name, 3));
	}
	return ret->row != NULL || ret->special != NULL;
}

static bool take_flag(struct parser *p, struct args *args, struct buf *reterr)
{
	struct token t = args_next(args), value;
	struct given *given = arena_new(p->arena, struct given);
	bool inverted;

	if (given == NULL) {
		buf_put(reterr, SLICE("out of memory"));
		return false;
	}
	if (!find_flag(t, given, &inverted))
		return fail_token(reterr,
				  t.kind == TOKEN_LONG ? SLICE("unknown long flag '")
						       : SLICE("unknown short flag '"),
				  t, SLICE("'"));
	if (given->special != NULL || given->row->kind == FLAG_BOOL) {
		given->value = inverted ? SLICE("false") : SLICE("true");
	} else {
		if (inverted)
			return fail_token(reterr, SLICE("unknown long flag '"), t, SLICE("'"));
		value = args_peek(args);
		if (value.kind != TOKEN_ARG)
			return fail_token(reterr, SLICE("expected argument for flag '"), t,
					  SLICE("'"));
		given->value = args_next(args).text;
	}
	*p->tail = given;
	p->tail = &given->next;
	return true;
}

/* Fills the list of what was given, up to the first error. */
static bool take_all(struct parser *p, struct buf *reterr)
{
	struct args args;
	struct token t;

	if (!args_start(&args, p->line->args, p->line->n_args, p->arena)) {
		buf_put(reterr, SLICE("out of memory"));
		return false;
	}
	for (;;) {
		t = args_peek(&args);
		if (t.kind == TOKEN_END)
			return true;
		if (t.kind == TOKEN_ERROR)
			return fail_token(reterr, SLICE_EMPTY, t, SLICE_EMPTY);
		if (t.kind == TOKEN_ARG)
			return fail_token(reterr, SLICE("unexpected "), t, SLICE_EMPTY);
		if (!take_flag(p, &args, reterr))
			return false;
	}
}

static void set_defaults(struct parser *p)
{
	struct buf err;

	buf_init(&err, 1024);
	for (size_t i = 0; i < n_flag_rows; i++) {
		bool ok = set(p, &flag_rows[i], flag_rows[i].text, &err);

		assert(ok);
	}
	buf_free(&err);
}

static bool given_before(const struct parser *p, const struct given *given)
{
	for (const struct given *g = p->first; g != given; g = g->next) {
		if (g->row == given->row && g->special == given->special)
			return true;
	}
	return false;
}

static bool set_given(struct parser *p, struct buf *reterr)
{
	for (const struct given *g = p->first; g != NULL; g = g->next) {
		bool again = given_before(p, g);
		bool is_list = g->row != NULL && g->row->kind == FLAG_LIST;

		if (again && !is_list) {
			buf_put(reterr, SLICE("flag '"));
			buf_put(reterr, g->row != NULL ? g->row->name : g->special->name);
			buf_put(reterr, SLICE("' cannot be repeated"));
			return false;
		}
		if (g->row == NULL)
			continue;
		if (is_list && !again)
			*(struct slice_list *)field_of(p->flags, g->row) = (struct slice_list){0};
		if (!set(p, g->row, g->value, reterr))
			return false;
	}
	return true;
}

static bool print_special(const struct parser *p, enum special special, struct buf *out)
{
	switch (special) {
	case SPECIAL_HELP_LONG:
		usage_put(out, p->line->program, p->line->columns);
		return true;
	case SPECIAL_HELP_MAN:
		usage_put_man(out, p->line->program);
		return true;
	case SPECIAL_COMPLETION_SCRIPT_BASH:
	case SPECIAL_COMPLETION_SCRIPT_ZSH:
		usage_put_completion(out, p->line->program,
				     special == SPECIAL_COMPLETION_SCRIPT_ZSH);
		return true;
	case SPECIAL_VERSION:
		flags_put_version(out);
		return true;
	case SPECIAL_HELP:
	case SPECIAL_COMPLETION_BASH:
		return false;
	}
	not_reached();
}

static bool was_given(const struct parser *p, enum special special)
{
	for (const struct given *g = p->first; g != NULL; g = g->next) {
		if (g->special != NULL && g->special->special == special)
			return true;
	}
	return false;
}

static enum flags_outcome refuse(const struct parser *p, const struct buf *why, struct buf *out)
{
	buf_put(out, p->line->program);
	buf_put(out, SLICE(": error: "));
	buf_put(out, buf_slice(why));
	buf_put(out, SLICE(", try --help\n"));
	return FLAGS_REFUSED;
}

/* kingpin's order: what prints and ends comes first, also before an error further right; then
 * errors of the line; then --help; then errors of the values. */
static enum flags_outcome decide(struct parser *p, struct buf *line_error, struct buf *value_error,
				 struct buf *out)
{
	bool line_ok = take_all(p, line_error);
	bool values_ok = set_given(p, value_error);
	bool completing = was_given(p, SPECIAL_COMPLETION_BASH);

	for (const struct given *g = p->first; g != NULL && !completing; g = g->next) {
		if (g->special != NULL && print_special(p, g->special->special, out))
			return FLAGS_PRINT;
	}
	if (completing) {
		usage_put_names(out);
		return FLAGS_PRINT;
	}
	if (!line_ok)
		return refuse(p, line_error, out);
	if (was_given(p, SPECIAL_HELP)) {
		usage_put(out, p->line->program, p->line->columns);
		return FLAGS_PRINT;
	}
	return values_ok ? FLAGS_START : refuse(p, value_error, out);
}

enum flags_outcome flags_parse(const struct command_line *line, struct arena *arena,
			       struct flags *ret, struct buf *ret_text)
{
	struct parser p = {.line = line, .arena = arena, .flags = ret};
	struct buf line_error, value_error;
	enum flags_outcome outcome;

	*ret = (struct flags){0};
	p.tail = &p.first;
	buf_init(&line_error, ret_text->bytes_max);
	buf_init(&value_error, ret_text->bytes_max);
	set_defaults(&p);
	outcome = decide(&p, &line_error, &value_error, ret_text);
	buf_free(&line_error);
	buf_free(&value_error);
	return outcome;
}

static void put_size(struct buf *out, int64_t bytes)
{
	const struct size_unit *unit = size_units;

	while (bytes == 0 ? unit->shift > 0 : bytes % (INT64_C(1) << unit->shift) != 0)
		unit++;
	buf_put_u64(out, (uint64_t)bytes >> unit->shift);
	buf_put(out, unit->name);
}

static void put_value(struct buf *out, const struct flag_row *row, const void *field)
{
	const struct slice_list *list = field;

	switch (row->kind) {
	case FLAG_BOOL:
		buf_put(out, *(const bool *)field ? SLICE("true") : SLICE("false"));
		return;
	case FLAG_TEXT:
		buf_put(out, *(const struct slice *)field);
		return;
	case FLAG_LIST:
		for (size_t i = 0; i < list->n; i++) {
			buf_put(out, i > 0 ? SLICE(",") : SLICE_EMPTY);
			buf_put(out, list->items[i]);
		}
		return;
	case FLAG_URL:
		buf_put(out, ((const struct url *)field)->text);
		return;
	case FLAG_LEVEL:
		buf_put(out, level_names[*(const enum log_level *)field]);
		return;
	case FLAG_FORMAT:
		buf_put(out, *(const enum log_format *)field == LOG_JSON ? SLICE("json")
									 : SLICE("logfmt"));
		return;
	case FLAG_COUNT:
		buf_put_u64(out, (uint64_t) * (const int64_t *)field);
		return;
	case FLAG_SIZE:
		put_size(out, *(const int64_t *)field);
		return;
	case FLAG_DURATION:
		duration_write(out, *(const int64_t *)field);
		return;
	}
	not_reached();
}

bool flags_show(const struct flags *flags, size_t i, struct arena *arena, struct slice *ret_name,
		struct slice *ret_value)
{
	struct buf text;
	bool ok;

	if (i >= n_flag_rows)
		return false;
	buf_init(&text, arena->bytes_max);
	put_value(&text, &flag_rows[i], field_of(flags, &flag_rows[i]));
	ok = buf_ok(&text) && arena_copy(arena, buf_slice(&text), ret_value);
	*ret_name = flag_rows[i].name;
	buf_free(&text);
	return ok;
}
