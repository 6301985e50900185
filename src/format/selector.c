/* SPDX-License-Identifier: Apache-2.0 */
#include "format/selector.h"

#include <stdlib.h>

#include "base/quote.h"
#include "base/utf8.h"
#include "format/regex.h"

enum {
	TEXTS_BYTES_MAX = 4 * 1024 * 1024, /* the limits above keep far below it */
};

enum matcher_op { MATCH_EQUAL, MATCH_NOT_EQUAL, MATCH_REGEX, MATCH_NOT_REGEX };

struct matcher {
	struct slice name, value;
	enum matcher_op op;
	struct regex *regex; /* of MATCH_REGEX, MATCH_NOT_REGEX */
};

struct selector {
	uint32_t first, n; /* among all matchers; those without a regex come first */
};

struct selectors {
	struct arena arena; /* of what follows */
	uint32_t n, n_matchers;
	struct selector items[SELECTORS_MAX];
	struct matcher matchers[SELECTOR_MATCHERS_MAX];
};

/* ---- parsing ---- */

struct parser {
	struct selectors *s;
	struct slice whole, rest;
	struct err *err;
};

static void skip_blanks(struct parser *p)
{
	while (p->rest.len > 0 && strchr(" \t\r\n", p->rest.ptr[0]) != NULL &&
	       p->rest.ptr[0] != '\0')
		p->rest = slice_skip(p->rest, 1);
}

static bool take(struct parser *p, char c)
{
	skip_blanks(p);
	if (p->rest.len == 0 || p->rest.ptr[0] != c)
		return false;
	p->rest = slice_skip(p->rest, 1);
	return true;
}

/* "selector `SELECTOR`: SENTENCE" */
static bool fail(struct parser *p, struct slice sentence)
{
	struct buf text;

	buf_init(&text, (size_t)TEXTS_BYTES_MAX);
	buf_put(&text, SLICE("selector "));
	quote_string(&text, p->whole);
	buf_put(&text, SLICE(": "));
	buf_put(&text, sentence);
	(void)err_set(p->err, buf_ok(&text) ? ERR_SYNTAX : ERR_NOMEM, buf_slice(&text));
	buf_free(&text);
	return false;
}

static bool fail_expected(struct parser *p, const char *expected)
{
	size_t at = p->whole.len - p->rest.len;
	struct buf text;

	buf_init(&text, 256);
	buf_putf(&text, "expected %s", expected);
	if (p->rest.len == 0)
		buf_put(&text, SLICE(", but it ends"));
	else
		buf_putf(&text, " at byte %zu", at + 1);
	(void)fail(p, buf_slice(&text));
	buf_free(&text);
	return false;
}

static bool fail_memory(struct parser *p)
{
	(void)err_set(p->err, ERR_NOMEM, SLICE("out of memory"));
	return false;
}

static bool is_name_byte(char c, bool first)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (!first && c >= '0' && c <= '9');
}

static struct slice take_name(struct parser *p)
{
	struct slice name = {p->rest.ptr, 0};

	while (name.len < p->rest.len && is_name_byte(p->rest.ptr[name.len], name.len == 0))
		name.len++;
	p->rest = slice_skip(p->rest, name.len);
	return name;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

/* `n_digits` digits of that base; false when there are not so many. */
static bool take_digits(struct parser *p, unsigned n_digits, unsigned base, uint32_t *ret)
{
	uint32_t value = 0;

	if (p->rest.len < n_digits)
		return false;
	for (unsigned i = 0; i < n_digits; i++) {
		unsigned d = (unsigned)digit(p->rest.ptr[i]);

		if (d >= base)
			return false;
		value = value * base + d;
	}
	p->rest = slice_skip(p->rest, n_digits);
	*ret = value;
	return true;
}

static bool is_code_point(uint32_t c)
{
	return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

/* What follows a backslash with digits: a byte or a code point. */
static bool take_coded(struct parser *p, char kind, char *at, size_t *ret_n)
{
	uint32_t c;
	bool taken;

	if (kind == 'u' || kind == 'U') {
		taken = take_digits(p, kind == 'u' ? 4 : 8, 16, &c) && is_code_point(c);
		*ret_n = taken ? utf8_encode(c, at) : 0;
		return taken;
	}
	taken = kind == 'x' ? take_digits(p, 2, 16, &c) : take_digits(p, 3, 8, &c) && c < 256;
	if (taken)
		at[0] = (char)c;
	*ret_n = 1;
	return taken;
}

/* The escapes of PromQL's strings, which are Go's. */
static bool take_escape(struct parser *p, char quote, char *at, size_t *ret_n)
{
	static const char letters[] = "abfnrtv\\", meant[] = "\a\b\f\n\r\t\v\\";
	char c;
	const char *letter;

	if (p->rest.len == 0)
		return false;
	c = p->rest.ptr[0];
	if (c >= '0' && c <= '7')
		return take_coded(p, '0', at, ret_n);
	p->rest = slice_skip(p->rest, 1);
	letter = c == '\0' ? NULL : strchr(letters, c);
	*ret_n = 1;
	if (letter != NULL)
		at[0] = meant[letter - letters];
	else if (c == quote)
		at[0] = c;
	else
		return (c == 'x' || c == 'u' || c == 'U') && take_coded(p, c, at, ret_n);
	return true;
}

/* What is between quotes. An escape is never shorter than what it means. */
static bool take_string(struct parser *p, const char *expected, struct slice *ret)
{
	char quote, *text;
	size_t n = 0, more;

	skip_blanks(p);
	if (p->rest.len == 0 || p->rest.ptr[0] == '\0' || strchr("\"'`", p->rest.ptr[0]) == NULL)
		return fail_expected(p, expected);
	quote = p->rest.ptr[0];
	p->rest = slice_skip(p->rest, 1);
	text = arena_text(&p->s->arena, p->rest.len + 4);
	if (text == NULL)
		return fail_memory(p);
	while (p->rest.len > 0 && p->rest.ptr[0] != quote) {
		char c = p->rest.ptr[0];

		if (c == '\n' && quote != '`')
			return fail(p, SLICE("a line ends within quotes"));
		p->rest = slice_skip(p->rest, 1);
		text[n] = c;
		more = 1;
		if (c == '\\' && quote != '`' && !take_escape(p, quote, text + n, &more))
			return fail(p, SLICE("unknown escape sequence within quotes"));
		n += more;
	}
	if (p->rest.len == 0)
		return fail(p, SLICE("a closing quote is missing"));
	p->rest = slice_skip(p->rest, 1);
	*ret = (struct slice){text, n};
	return true;
}

static bool take_op(struct parser *p, enum matcher_op *ret)
{
	if (take(p, '=')) {
		*ret = MATCH_EQUAL;
		if (p->rest.len > 0 && p->rest.ptr[0] == '~') {
			p->rest = slice_skip(p->rest, 1);
			*ret = MATCH_REGEX;
		}
		return true;
	}
	if (take(p, '!') && p->rest.len > 0 && (p->rest.ptr[0] == '=' || p->rest.ptr[0] == '~')) {
		*ret = p->rest.ptr[0] == '=' ? MATCH_NOT_EQUAL : MATCH_NOT_REGEX;
		p->rest = slice_skip(p->rest, 1);
		return true;
	}
	return fail_expected(p, "=, !=, =~ or !~");
}

#define NO_METRIC                                                                                  \
	SLICE("groups are selected by their labels, not by a metric name; write "                  \
	      "{label=\"value\"}")

static bool take_label_name(struct parser *p, struct slice *ret)
{
	skip_blanks(p);
	*ret = take_name(p);
	if (ret->len == 0) {
		if (!take_string(p, "a label name or }", ret))
			return false;
		skip_blanks(p);
		/* {"metric"} is how PromQL quotes a metric name. */
		if (p->rest.len > 0 && (p->rest.ptr[0] == '}' || p->rest.ptr[0] == ','))
			return fail(p, NO_METRIC);
		if (!label_name_valid(*ret, NAME_UTF8))
			return fail(p, SLICE("a label name is empty or not UTF-8"));
	}
	return !slice_eq(*ret, SLICE("__name__")) || fail(p, NO_METRIC);
}

static bool compile(struct parser *p, struct matcher *m)
{
	struct err why = err_in(p->err->arena);
	struct buf text;

	if (m->op != MATCH_REGEX && m->op != MATCH_NOT_REGEX)
		return true;
	if (regex_new(m->value, &m->regex, &why) == ERR_NONE)
		return true;
	if (why.code == ERR_NOMEM)
		return fail_memory(p);
	buf_init(&text, (size_t)TEXTS_BYTES_MAX);
	buf_put(&text, SLICE("the regular expression for label "));
	quote_string(&text, m->name);
	buf_put(&text, SLICE(" is refused: "));
	buf_put(&text, why.msg);
	(void)fail(p, buf_slice(&text));
	buf_free(&text);
	return false;
}

static bool take_matcher(struct parser *p)
{
	struct selectors *s = p->s;
	struct matcher m = {0};

	if (!take_label_name(p, &m.name) || !take_op(p, &m.op) ||
	    !take_string(p, "a quoted value", &m.value))
		return false;
	if (s->n_matchers == SELECTOR_MATCHERS_MAX)
		return fail(p, SLICE("there are more than 128 matchers in the request"));
	if (!compile(p, &m))
		return false;
	s->matchers[s->n_matchers++] = m;
	return true;
}

static int matcher_order(const void *a_ptr, const void *b_ptr)
{
	const struct matcher *a = a_ptr, *b = b_ptr;

	return (a->regex != NULL) - (b->regex != NULL);
}

static bool parse(struct parser *p)
{
	struct selectors *s = p->s;
	struct selector *selector = &s->items[s->n];

	*selector = (struct selector){.first = s->n_matchers};
	if (!take(p, '{'))
		return p->rest.len > 0 && is_name_byte(p->rest.ptr[0], true)
			       ? fail(p, NO_METRIC)
			       : fail_expected(p, "{");
	while (!take(p, '}')) {
		if (!take_matcher(p))
			return false;
		selector->n++;
		if (take(p, ','))
			continue;
		if (!take(p, '}'))
			return fail_expected(p, ", or }");
		break;
	}
	skip_blanks(p);
	if (p->rest.len > 0)
		return fail_expected(p, "nothing more");
	qsort(&s->matchers[selector->first], selector->n, sizeof(struct matcher), matcher_order);
	s->n++;
	return true;
}

struct selectors *selectors_free(struct selectors *s)
{
	if (s == NULL)
		return NULL;
	for (uint32_t i = 0; i < s->n_matchers; i++)
		regex_free(s->matchers[i].regex);
	arena_free(&s->arena);
	free(s);
	return NULL;
}

enum err_code selectors_parse(const struct slice *texts, size_t n, struct selectors **ret,
			      struct err *reterr)
{
	struct selectors *s;

	if (n > SELECTORS_MAX)
		return err_setf(reterr, ERR_SYNTAX, "there are more than %d selectors",
				SELECTORS_MAX);
	s = malloc(sizeof(*s));
	if (s == NULL)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	s->n = s->n_matchers = 0;
	arena_init(&s->arena, (size_t)TEXTS_BYTES_MAX);
	for (size_t i = 0; i < n; i++) {
		/* Slices of values are copied into the arena; names point into the text. */
		struct parser p = {.s = s, .err = reterr};

		if (texts[i].len > SELECTOR_BYTES_MAX)
			(void)err_setf(reterr, ERR_SYNTAX, "a selector is longer than %d bytes",
				       SELECTOR_BYTES_MAX);
		else if (!arena_copy(&s->arena, texts[i], &p.whole))
			(void)fail_memory(&p);
		else if (p.rest = p.whole, parse(&p))
			continue;
		(void)selectors_free(s);
		return reterr->code;
	}
	*ret = s;
	return ERR_NONE;
}

/* ---- matching ---- */

static bool regex_affords(const struct matcher *m, struct slice value,
			  struct selector_budget *budget)
{
	uint64_t cost = regex_cost(m->regex, value.len);

	if (cost > budget->cost_left) {
		budget->exhausted = true;
		return false;
	}
	budget->cost_left -= cost;
	return regex_matches(m->regex, value);
}

static bool holds(const struct matcher *m, struct slice value, struct selector_budget *budget)
{
	switch (m->op) {
	case MATCH_EQUAL:
		return slice_eq(value, m->value);
	case MATCH_NOT_EQUAL:
		return !slice_eq(value, m->value);
	case MATCH_REGEX:
		return regex_affords(m, value, budget);
	case MATCH_NOT_REGEX:
		return !regex_affords(m, value, budget);
	}
	not_reached();
}

static bool selector_takes(const struct selectors *s, const struct selector *selector,
			   struct labels grouping, struct selector_budget *budget)
{
	for (uint32_t i = 0; i < selector->n; i++) {
		const struct matcher *m = &s->matchers[selector->first + i];
		struct slice value = SLICE_EMPTY;

		(void)labels_get(grouping, m->name, &value);
		if (!holds(m, value, budget))
			return false;
	}
	return true;
}

bool selectors_match(const struct selectors *s, struct labels grouping,
		     struct selector_budget *budget)
{
	for (uint32_t i = 0; i < s->n && !budget->exhausted; i++)
		if (selector_takes(s, &s->items[i], grouping, budget))
			return !budget->exhausted;
	return false;
}

/* ---- does it take everything? ---- */

/* Every group has a job that is not empty; any other label may be missing. */
static bool can_be_empty(const struct matcher *m)
{
	return !slice_eq(m->name, SLICE("job"));
}

static bool regex_takes_all(const struct matcher *m)
{
	static const struct slice values[] = {
		SLICE_TEXT("a"),   SLICE_TEXT("Z"),           SLICE_TEXT("7"),
		SLICE_TEXT("_"),   SLICE_TEXT(" /-"),         SLICE_TEXT("a.b:1"),
		SLICE_TEXT("é\n"), SLICE_TEXT("xxxxxxxxxxx"),
	};
	bool wanted = m->op == MATCH_REGEX;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (regex_matches(m->regex, values[i]) != wanted)
			return false;
	/* What refuses a value that can be named is no mistake: {env!~"prod"}. */
	if (!wanted && m->value.len > 0)
		return false;
	return !can_be_empty(m) || regex_matches(m->regex, SLICE_EMPTY) == wanted;
}

static bool matcher_takes_all(const struct matcher *m)
{
	switch (m->op) {
	case MATCH_EQUAL:
		return false;
	case MATCH_NOT_EQUAL:
		return m->value.len == 0 && !can_be_empty(m);
	case MATCH_REGEX:
	case MATCH_NOT_REGEX:
		return regex_takes_all(m);
	}
	not_reached();
}

bool selectors_take_all(const struct selectors *s)
{
	for (uint32_t i = 0; i < s->n; i++) {
		uint32_t n = 0;

		while (n < s->items[i].n && matcher_takes_all(&s->matchers[s->items[i].first + n]))
			n++;
		if (n == s->items[i].n)
			return true;
	}
	return false;
}
