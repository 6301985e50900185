/* SPDX-License-Identifier: Apache-2.0
 *
 * One pass over the bytes. Every production is a function that starts at `at`, leaves it behind
 * what it took, and returns false once the error is set. No scan needs a bound of its own: the last
 * byte before `end` is a newline, and a newline ends or breaks every production.
 *
 * A body whose last line has no newline can only fail, but maybe with another error before its end:
 * that line is parsed from a copy with a newline of ours, and whoever stumbles over that one has
 * found the end of the input. */
#include "format/text_parse.h"

#include <math.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "format/number.h"
#include "base/quote.h"

/* What a sample line of a summary or histogram tells, by the suffix of its name. */
enum role { ROLE_PLAIN, ROLE_COUNT, ROLE_SUM };

struct known {
	struct family *family;
	uint64_t hash; /* of its name */
	bool has_type; /* by a TYPE line or a sample */
};

/* Families by name; open addressing, a power of two of slots, at most half of them taken. */
struct family_table {
	struct known **slots;
	size_t n_slots, n;
};

/* A summary's or histogram's metric by family and labels. */
struct series_slot {
	struct metric *metric; /* its labels are sorted */
	const struct known *known;
	uint64_t hash;
};

struct series_table {
	struct series_slot *slots;
	size_t n_slots, n;
};

struct parser {
	const char *at, *end;
	const char *missing_newline; /* the one that the body lacks, in the copy of its last line */
	uint32_t line;
	enum name_scheme scheme;
	const struct push_limits *limits;
	struct arena *arena;
	struct err *err;

	struct family_list list; /* with families that have no sample */
	struct family_table families;
	struct series_table series;
	uint32_t n_series; /* metrics and points */
	uint64_t seed;

	/* the line at hand */
	struct known *known; /* NULL: not yet named */
	enum role role;
	struct label *labels; /* without le or quantile once the family is known */
	uint32_t n_labels, labels_capacity;
	uint32_t n_labels_seen; /* le and quantile included */
	double point;           /* le or quantile; NaN: none */

	/* the last name looked up: what it means never changes within a body */
	struct slice last_name;
	struct known *last_known;
	enum role last_role;
	struct series_slot last_series;
};

/* ---- errors ---- */

static bool fail_text(struct parser *p, struct slice text)
{
	err_setf(p->err, ERR_SYNTAX, "text format parsing error in line %u: ", p->line);
	if (p->at == p->missing_newline)
		text = SLICE("unexpected end of input stream");
	if (text.len > 0) {
		struct slice prefix = p->err->msg;
		char *joined = arena_text(p->err->arena, prefix.len + text.len);

		if (joined == NULL) {
			err_setf(p->err, ERR_SYNTAX, "text format parsing error in line %u",
				 p->line);
			return false;
		}
		memcpy(joined, prefix.ptr, prefix.len);
		memcpy(joined + prefix.len, text.ptr, text.len);
		p->err->msg = (struct slice){joined, prefix.len + text.len};
	}
	return false;
}

/* Room for a sentence: what the arena could still take. */
static void sentence_start(struct parser *p, struct buf *sentence, const char *before)
{
	const struct arena *arena = p->err->arena;

	buf_init(sentence, arena->bytes_max - arena->bytes_used + 4096);
	buf_put(sentence, slice_of(before));
}

static bool sentence_end(struct parser *p, struct buf *sentence, const char *after)
{
	buf_put(sentence, slice_of(after));
	fail_text(p, buf_ok(sentence) ? buf_slice(sentence)
				      : SLICE("the error is too long to be told"));
	buf_free(sentence);
	return false;
}

static bool fail_string(struct parser *p, const char *before, struct slice quoted,
			const char *after)
{
	struct buf sentence;

	sentence_start(p, &sentence, before);
	quote_string(&sentence, quoted);
	return sentence_end(p, &sentence, after);
}

/* Quotes the byte at hand. */
static bool fail_byte(struct parser *p, const char *before)
{
	struct buf sentence;

	sentence_start(p, &sentence, before);
	quote_byte(&sentence, (unsigned char)*p->at);
	return sentence_end(p, &sentence, "");
}

/* The reference prints the byte as the character of that number (%c). */
static bool fail_escape(struct parser *p)
{
	struct buf sentence;
	char character[4];

	sentence_start(p, &sentence, "invalid escape sequence '\\");
	buf_put(&sentence,
		(struct slice){character, utf8_encode((unsigned char)*p->at, character)});
	return sentence_end(p, &sentence, "'");
}

static bool fail_memory(struct parser *p)
{
	err_set(p->err, ERR_TOO_BIG, SLICE("the push needs more memory than one request may take"));
	return false;
}

static bool over(uint64_t n, uint32_t limit)
{
	return limit != 0 && n > limit;
}

static bool check_name_bytes(struct parser *p, struct slice name)
{
	if (!over(name.len, p->limits->name_bytes_max))
		return true;
	err_setf(p->err, ERR_TOO_BIG,
		 "a name in line %u has more than %u bytes (--push.max-name-bytes)", p->line,
		 p->limits->name_bytes_max);
	return false;
}

static bool check_value_bytes(struct parser *p, struct slice value)
{
	if (!over(value.len, p->limits->value_bytes_max))
		return true;
	err_setf(p->err, ERR_TOO_BIG,
		 "a label value or help text in line %u has more than %u bytes "
		 "(--push.max-value-bytes)",
		 p->line, p->limits->value_bytes_max);
	return false;
}

static bool count_series(struct parser *p)
{
	if (!over((uint64_t)p->n_series + 1, p->limits->series_max)) {
		p->n_series++;
		return true;
	}
	err_setf(p->err, ERR_TOO_BIG, "the push has more than %u series (--push.max-series)",
		 p->limits->series_max);
	return false;
}

static bool count_label(struct parser *p)
{
	if (!over((uint64_t)p->n_labels_seen + 1, p->limits->labels_max)) {
		p->n_labels_seen++;
		return true;
	}
	err_setf(p->err, ERR_TOO_BIG,
		 "the series in line %u has more than %u labels (--push.max-labels-per-series)",
		 p->line, p->limits->labels_max);
	return false;
}

/* ---- bytes ---- */

enum {
	C_METRIC = 1,       /* in a metric name */
	C_METRIC_START = 2, /* first in it; a quote may be, too */
	C_LABEL = 4,        /* in a label name */
	C_LABEL_START = 8,  /* first in it */
	C_QUOTED_STOP = 16, /* ends a plain run of quoted text */
	C_TOKEN_STOP = 32,  /* ends a token */
	C_LETTER = C_METRIC | C_METRIC_START | C_LABEL | C_LABEL_START,
};

static const unsigned char classes[256] = {
    ['a' ... 'z'] = C_LETTER,
    ['A' ... 'Z'] = C_LETTER,
    ['_'] = C_LETTER,
    [':'] = C_METRIC | C_METRIC_START,
    ['0' ... '9'] = C_METRIC | C_LABEL,
    ['"'] = C_QUOTED_STOP,
    ['\\'] = C_QUOTED_STOP,
    ['\n'] = C_QUOTED_STOP | C_TOKEN_STOP,
    [' '] = C_TOKEN_STOP,
    ['\t'] = C_TOKEN_STOP,
};

static bool is_class(char c, unsigned class)
{
	return (classes[(unsigned char)c] & class) != 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(struct parser *p)
{
	while (is_blank(*p->at))
		p->at++;
}

static bool end_line(struct parser *p)
{
	assert(*p->at == '\n');
	if (p->at == p->missing_newline)
		return fail_text(p, SLICE_EMPTY);
	p->at++;
	return true;
}

static const char *find_newline(const struct parser *p)
{
	const char *newline = memchr(p->at, '\n', (size_t)(p->end - p->at));

	assert(newline != NULL);
	return newline;
}

/* The rest of the line but its backslashes: the reference remembers each as the start of an escape
 * and then forgets it (expfmt, readTokenUntilNewline). */
static bool take_rest(struct parser *p, struct slice *ret)
{
	const char *newline = find_newline(p);
	struct slice rest = slice_between(p->at, newline);

	p->at = newline;
	if (rest.len > 0 && memchr(rest.ptr, '\\', rest.len) != NULL) {
		char *kept = arena_text(p->arena, rest.len);
		size_t n = 0;

		if (kept == NULL)
			return fail_memory(p);
		for (size_t i = 0; i < rest.len; i++)
			if (rest.ptr[i] != '\\')
				kept[n++] = rest.ptr[i];
		rest = (struct slice){kept, n};
	}
	*ret = rest;
	return true;
}

/* ---- quoted text and names ---- */

static bool is_escape(char c)
{
	return c == '\\' || c == '"' || c == 'n';
}

/* `head`, and `text` with its escapes, all valid, undone. */
static bool unescape(struct parser *p, struct slice head, struct slice text, size_t n_escapes,
		     struct slice *ret)
{
	char *to;

	if (head.len == 0 && n_escapes == 0) {
		*ret = text;
		return true;
	}
	assert(n_escapes <= text.len / 2);
	to = arena_text(p->arena, head.len + text.len - n_escapes);
	if (to == NULL)
		return fail_memory(p);
	*ret = (struct slice){to, head.len + text.len - n_escapes};
	memcpy(to, head.ptr, head.len);
	to += head.len;
	for (const char *from = text.ptr, *end = text.ptr + text.len; from < end; from++) {
		if (*from == '\\') {
			from++;
			*to++ = *from == 'n' ? '\n' : *from;
		} else {
			*to++ = *from;
		}
	}
	return true;
}

/* From the opening quote to the closing one, which stays at hand. `what` names it in the error. */
static bool take_quoted(struct parser *p, struct slice head, const char *what, struct slice *ret,
			bool *ret_ascii)
{
	const char *begin = ++p->at;
	size_t n_escapes = 0;
	unsigned char all = 0;
	struct slice so_far;

	assert(begin[-1] == '"');
	for (;;) {
		while (!is_class(*p->at, C_QUOTED_STOP))
			all |= (unsigned char)*p->at++;
		if (*p->at == '"')
			break;
		if (*p->at == '\n') {
			if (!unescape(p, head, slice_between(begin, p->at), n_escapes, &so_far))
				return false;
			return fail_string(p, what, so_far, " contains unescaped new-line");
		}
		if (!is_escape(*++p->at))
			return fail_escape(p);
		p->at++;
		n_escapes++;
	}
	*ret_ascii = all < 0x80;
	return unescape(p, head, slice_between(begin, p->at), n_escapes, ret);
}

struct name_rule {
	unsigned char start, more;
	const char *what;
};

static const struct name_rule metric_names = {C_METRIC_START, C_METRIC, "metric name "};
static const struct name_rule label_names = {C_LABEL_START, C_LABEL, "label name "};

/* Empty where no name starts. A quote in the middle goes on with the name, quoted; after the
 * closing one it is over. */
static bool take_name(struct parser *p, const struct name_rule *rule, struct slice *ret,
		      bool *ret_quoted)
{
	const char *begin = p->at;
	bool ascii;

	*ret_quoted = false;
	if (is_class(*begin, rule->start))
		while (is_class(*p->at, rule->more))
			p->at++;
	*ret = slice_between(begin, p->at);
	if (*p->at != '"')
		return check_name_bytes(p, *ret);
	*ret_quoted = true;
	if (!take_quoted(p, *ret, rule->what, ret, &ascii))
		return false;
	p->at++;
	return check_name_bytes(p, *ret);
}

/* ---- families ---- */

static bool is_histogram(enum metric_type type)
{
	return type == METRIC_HISTOGRAM || type == METRIC_GAUGE_HISTOGRAM;
}

static struct slice family_name(const struct parser *p)
{
	return p->known == NULL ? SLICE_EMPTY : p->known->family->name;
}

static uint64_t hash_text(uint64_t seed, struct slice text)
{
	return XXH3_64bits_withSeed(text.ptr, text.len, seed);
}

static struct known **family_slot(const struct family_table *table, struct slice name,
				  uint64_t hash)
{
	size_t at = hash & (table->n_slots - 1);

	while (table->slots[at] != NULL) {
		struct known *known = table->slots[at];

		if (known->hash == hash && slice_eq(known->family->name, name))
			break;
		at = (at + 1) & (table->n_slots - 1);
	}
	return &table->slots[at];
}

static bool family_table_grow(struct parser *p)
{
	struct family_table *table = &p->families;
	struct family_table grown = {.n_slots = table->n_slots == 0 ? 64 : table->n_slots * 2,
				     .n = table->n};

	if (table->n < table->n_slots / 2)
		return true;
	grown.slots = arena_new_array(p->arena, struct known *, grown.n_slots);
	if (grown.slots == NULL)
		return fail_memory(p);
	for (size_t i = 0; i < table->n_slots; i++) {
		struct known *known = table->slots[i];

		if (known != NULL)
			*family_slot(&grown, known->family->name, known->hash) = known;
	}
	*table = grown;
	return true;
}

static bool family_create(struct parser *p, struct slice name, uint64_t hash)
{
	struct known *known = arena_new(p->arena, struct known);

	if (over((uint64_t)p->list.n_families + 1, p->limits->families_max)) {
		err_setf(p->err, ERR_TOO_BIG,
			 "the push has more than %u metric families (--push.max-families)",
			 p->limits->families_max);
		return false;
	}
	if (known == NULL || !family_table_grow(p))
		return fail_memory(p);
	*known = (struct known){.family = family_add(&p->list, p->arena, name), .hash = hash};
	if (known->family == NULL)
		return fail_memory(p);
	*family_slot(&p->families, name, hash) = known;
	p->families.n++;
	p->known = known;
	return true;
}

/* h_bucket, h_count, h_sum of an earlier summary or histogram h. */
static bool find_by_suffix(struct parser *p, struct slice name)
{
	static const struct {
		struct slice suffix;
		enum role role;
		bool of_summaries;
	} suffixes[] = {
	    {SLICE("_bucket"), ROLE_PLAIN, false},
	    {SLICE("_count"), ROLE_COUNT, true},
	    {SLICE("_sum"), ROLE_SUM, true},
	};

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		struct slice stem = {name.ptr, name.len - suffixes[i].suffix.len};
		struct known *known;

		if (name.len <= suffixes[i].suffix.len || !slice_ends(name, suffixes[i].suffix))
			continue;
		known = *family_slot(&p->families, stem, hash_text(p->seed, stem));
		if (known == NULL || !known->has_type)
			return false;
		if (!is_histogram(known->family->type) &&
		    !(known->family->type == METRIC_SUMMARY && suffixes[i].of_summaries))
			return false;
		p->known = known;
		p->role = suffixes[i].role;
		return true;
	}
	return false;
}

/* Finds or makes the family that a name belongs to. */
static bool resolve_family(struct parser *p, struct slice name)
{
	uint64_t hash;

	if (p->last_known != NULL && slice_eq(name, p->last_name)) {
		p->known = p->last_known;
		p->role = p->last_role;
		return true;
	}
	p->role = ROLE_PLAIN;
	hash = hash_text(p->seed, name);
	p->known = *family_slot(&p->families, name, hash);
	if (p->known == NULL) {
		if (!metric_name_valid(name, p->scheme))
			return fail_string(p, "invalid metric name ", name, "");
		if (!find_by_suffix(p, name) && !family_create(p, name, hash))
			return false;
	}
	p->last_name = name;
	p->last_known = p->known;
	p->last_role = p->role;
	return true;
}

/* A sample without a TYPE line before it makes its family untyped, once and for all. */
static void settle_type(struct known *known)
{
	if (!known->has_type)
		known->family->type = METRIC_UNTYPED;
	known->has_type = true;
}

/* ---- comments ---- */

static bool parse_help(struct parser *p)
{
	struct family *family = p->known->family;
	const char *begin = p->at, *newline = find_newline(p);
	size_t n_escapes = 0;

	if (family->has_help)
		return fail_string(p, "second HELP line for metric name ", family->name, "");
	for (;;) {
		p->at = memchr(p->at, '\\', (size_t)(newline - p->at));
		if (p->at == NULL)
			break;
		if (!is_escape(*++p->at))
			return fail_escape(p);
		p->at++;
		n_escapes++;
	}
	p->at = newline;
	if (!unescape(p, SLICE_EMPTY, slice_between(begin, newline), n_escapes, &family->help))
		return false;
	family->has_help = true;
	return check_value_bytes(p, family->help) && end_line(p);
}

/* As strings.ToUpper sees letters: the dotless i and the long s have ASCII capitals. */
static bool next_upper(struct slice *text, unsigned char *ret)
{
	if (text->len == 0)
		return false;
	*ret = (unsigned char)*text->ptr;
	if (slice_starts(*text, SLICE("\u0131")) || slice_starts(*text, SLICE("\u017f"))) {
		*ret = *ret == 0xc4 ? 'I' : 'S';
		*text = slice_skip(*text, 2);
		return true;
	}
	if (*ret >= 'a' && *ret <= 'z')
		*ret -= 'a' - 'A';
	*text = slice_skip(*text, 1);
	return true;
}

static bool is_upper_of(struct slice text, struct slice upper)
{
	unsigned char c;

	for (size_t i = 0; i < upper.len; i++)
		if (!next_upper(&text, &c) || c != (unsigned char)upper.ptr[i])
			return false;
	return text.len == 0;
}

static bool parse_type(struct parser *p)
{
	static const struct {
		struct slice upper;
		enum metric_type type;
	} names[] = {
	    {SLICE("COUNTER"), METRIC_COUNTER},
	    {SLICE("GAUGE"), METRIC_GAUGE},
	    {SLICE("SUMMARY"), METRIC_SUMMARY},
	    {SLICE("UNTYPED"), METRIC_UNTYPED},
	    {SLICE("HISTOGRAM"), METRIC_HISTOGRAM},
	    {SLICE("GAUGE_HISTOGRAM"), METRIC_GAUGE_HISTOGRAM},
	    {SLICE("GAUGEHISTOGRAM"), METRIC_GAUGE_HISTOGRAM},
	};
	struct slice name;

	if (p->known->has_type)
		return fail_string(p, "second TYPE line for metric name ", family_name(p),
				   ", or TYPE reported after samples");
	if (!take_rest(p, &name))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (is_upper_of(name, names[i].upper)) {
			p->known->family->type = names[i].type;
			p->known->has_type = true;
			return end_line(p);
		}
	}
	return fail_string(p, "unknown metric type ", name, "");
}

static bool parse_comment(struct parser *p)
{
	struct slice keyword, name;
	const char *begin;
	bool quoted, is_help;

	p->at++;
	skip_blanks(p);
	begin = p->at;
	while (!is_class(*p->at, C_TOKEN_STOP))
		p->at++;
	keyword = slice_between(begin, p->at);
	is_help = slice_eq(keyword, SLICE("HELP"));
	if (!is_help && !slice_eq(keyword, SLICE("TYPE"))) {
		p->at = find_newline(p);
		return end_line(p);
	}
	skip_blanks(p);
	if (*p->at == '\n')
		return end_line(p);
	if (!take_name(p, &metric_names, &name, &quoted))
		return false;
	if (*p->at == '\n')
		return end_line(p);
	if (!is_blank(*p->at))
		return fail_text(p, SLICE("invalid metric name in comment"));
	if (!resolve_family(p, name))
		return false;
	skip_blanks(p);
	if (*p->at == '\n')
		return end_line(p);
	return is_help ? parse_help(p) : parse_type(p);
}

/* ---- labels ---- */

enum { LABELS_BY_SIGHT = 32 };

static bool fail_duplicate(struct parser *p)
{
	return fail_string(p, "duplicate label names for metric ", family_name(p), "");
}

/* le of a histogram and quantile of a summary are no labels but say where its point stands. */
static bool is_point_name(const struct parser *p, struct slice name)
{
	enum metric_type type = p->known->family->type;

	return type == METRIC_SUMMARY ? slice_eq(name, SLICE("quantile"))
	       : is_histogram(type)   ? slice_eq(name, SLICE("le"))
				      : false;
}

static bool set_point(struct parser *p, struct slice value)
{
	if (number_parse(value, &p->point))
		return true;
	if (p->known->family->type == METRIC_SUMMARY)
		return fail_string(p, "expected float as value for 'quantile' label, got ", value,
				   "");
	return fail_string(p, "expected float as value for 'le' label, got ", value, "");
}

static bool is_repeated(const struct parser *p, uint32_t n, struct slice name)
{
	for (uint32_t i = 0; i < n; i++)
		if (slice_eq(p->labels[i].name, name))
			return true;
	return false;
}

static bool add_label(struct parser *p, struct slice name, struct slice value)
{
	if (p->n_labels == p->labels_capacity) {
		uint32_t capacity = p->labels_capacity == 0 ? 16 : p->labels_capacity * 2;
		struct label *grown = arena_new_array(p->arena, struct label, capacity);

		if (grown == NULL)
			return fail_memory(p);
		if (p->n_labels > 0)
			memcpy(grown, p->labels, p->n_labels * sizeof(*grown));
		p->labels = grown;
		p->labels_capacity = capacity;
	}
	p->labels[p->n_labels++] = (struct label){name, value};
	return true;
}

/* The first LABELS_BY_SIGHT are compared as they come; more are sorted and compared at the end. */
static bool check_many_labels(struct parser *p)
{
	if (p->n_labels <= LABELS_BY_SIGHT)
		return true;
	labels_sort(p->labels, p->n_labels);
	for (uint32_t i = 1; i < p->n_labels; i++)
		if (slice_eq(p->labels[i - 1].name, p->labels[i].name))
			return fail_duplicate(p);
	return true;
}

static bool take_label_value(struct parser *p, struct slice *ret)
{
	bool ascii;

	skip_blanks(p);
	if (*p->at != '"')
		return fail_byte(p, "expected '\"' at start of label value, found ");
	if (!take_quoted(p, SLICE_EMPTY, "label value ", ret, &ascii))
		return false;
	if (!ascii && !utf8_valid(*ret))
		return fail_string(p, "invalid label value ", *ret, "");
	return check_value_bytes(p, *ret);
}

/* From the equals sign to the comma or brace behind the value, which stays at hand. */
static bool parse_label(struct parser *p, struct slice name, bool quoted)
{
	bool is_point;
	struct slice value;

	if (slice_eq(name, SLICE("__name__")))
		return fail_text(p, SLICE("label name \"__name__\" is reserved"));
	if (quoted && !label_name_valid(name, p->scheme))
		return fail_string(p, "invalid label name ", name, "");
	if (!count_label(p))
		return false;
	is_point = p->known != NULL && is_point_name(p, name);
	if (!is_point) {
		if (p->known != NULL && p->n_labels <= LABELS_BY_SIGHT &&
		    is_repeated(p, p->n_labels, name))
			return fail_duplicate(p);
		if (!add_label(p, name, SLICE_EMPTY))
			return false;
	}
	p->at++;
	if (!take_label_value(p, &value))
		return false;
	if (!is_point)
		p->labels[p->n_labels - 1].value = value;
	else if (!set_point(p, value))
		return false;
	p->at++;
	skip_blanks(p);
	if (*p->at != ',' && *p->at != '}')
		return fail_string(p, "unexpected end of label value ", value, "");
	return true;
}

/* A metric name within the braces. The labels before it were taken without knowing what le and
 * quantile mean; the reference takes them by the family of an earlier line. */
static bool resolve_in_braces(struct parser *p, struct slice name)
{
	uint32_t n = p->n_labels;

	if (p->known != NULL)
		return fail_string(p, "multiple metric names for metric ", family_name(p), "");
	if (*p->at != ',' && *p->at != '}')
		return fail_byte(p, "unexpected end of metric name ");
	if (!resolve_family(p, name))
		return false;
	settle_type(p->known);
	p->n_labels = 0;
	for (uint32_t i = 0; i < n; i++) {
		struct label label = p->labels[i];

		if (is_point_name(p, label.name)) {
			if (!set_point(p, label.value))
				return false;
			continue;
		}
		if (p->n_labels <= LABELS_BY_SIGHT && is_repeated(p, p->n_labels, label.name))
			return fail_duplicate(p);
		p->labels[p->n_labels++] = label;
	}
	return true;
}

static bool parse_labels(struct parser *p)
{
	bool in_braces = p->known == NULL;

	assert(*p->at == '{');
	do {
		struct slice name;
		bool quoted;

		p->at++;
		skip_blanks(p);
		if (*p->at == '}')
			break;
		if (!take_name(p, &label_names, &name, &quoted))
			return false;
		if (name.len == 0)
			return fail_string(p, "invalid label name for metric ", family_name(p), "");
		skip_blanks(p);
		if (*p->at == '=') {
			if (!parse_label(p, name, quoted))
				return false;
		} else if (in_braces) {
			if (!resolve_in_braces(p, name))
				return false;
		} else {
			return fail_byte(p, "expected '=' after label name, found ");
		}
	} while (*p->at == ',');
	assert(*p->at == '}');
	if (p->known == NULL)
		return fail_text(p, SLICE("invalid metric name"));
	if (!check_many_labels(p))
		return false;
	p->at++;
	return true;
}

/* ---- metrics ---- */

static struct metric *add_metric(struct parser *p)
{
	struct metric *metric;

	if (!count_series(p))
		return NULL;
	metric = metric_add(&p->list, p->known->family, p->arena);
	if (metric != NULL && p->n_labels > 0) {
		metric->labels = arena_new_array(p->arena, struct label, p->n_labels);
		if (metric->labels == NULL)
			metric = NULL;
		else
			memcpy(metric->labels, p->labels, p->n_labels * sizeof(*p->labels));
	}
	if (metric == NULL) {
		fail_memory(p);
		return NULL;
	}
	metric->n_labels = p->n_labels;
	return metric;
}

static uint64_t series_hash(const struct parser *p)
{
	uint64_t hash = p->known->hash;

	for (uint32_t i = 0; i < p->n_labels; i++)
		hash = hash_text(hash_text(hash, p->labels[i].name), p->labels[i].value);
	return hash;
}

static bool is_series(const struct parser *p, const struct series_slot *slot)
{
	const struct metric *metric = slot->metric;

	if (slot->known != p->known || metric->n_labels != p->n_labels)
		return false;
	for (uint32_t i = 0; i < p->n_labels; i++)
		if (!slice_eq(metric->labels[i].value, p->labels[i].value) ||
		    !slice_eq(metric->labels[i].name, p->labels[i].name))
			return false;
	return true;
}

static bool series_table_grow(struct parser *p)
{
	struct series_table *table = &p->series;
	struct series_table grown = {.n_slots = table->n_slots == 0 ? 64 : table->n_slots * 2,
				     .n = table->n};

	if (table->n < table->n_slots / 2)
		return true;
	grown.slots = arena_new_array(p->arena, struct series_slot, grown.n_slots);
	if (grown.slots == NULL)
		return fail_memory(p);
	for (size_t i = 0; i < table->n_slots; i++) {
		size_t at = table->slots[i].hash & (grown.n_slots - 1);

		if (table->slots[i].metric == NULL)
			continue;
		while (grown.slots[at].metric != NULL)
			at = (at + 1) & (grown.n_slots - 1);
		grown.slots[at] = table->slots[i];
	}
	*table = grown;
	return true;
}

/* The one metric of a summary or histogram with these labels, whatever their order was. */
static struct metric *find_or_add_metric(struct parser *p)
{
	struct series_slot *slot;
	uint64_t hash;
	size_t at;

	labels_sort(p->labels, p->n_labels);
	if (p->last_series.metric != NULL && is_series(p, &p->last_series))
		return p->last_series.metric;
	if (!series_table_grow(p))
		return NULL;
	hash = series_hash(p);
	at = hash & (p->series.n_slots - 1);
	for (slot = &p->series.slots[at]; slot->metric != NULL; slot = &p->series.slots[at]) {
		if (slot->hash == hash && is_series(p, slot))
			break;
		at = (at + 1) & (p->series.n_slots - 1);
	}
	if (slot->metric == NULL) {
		struct metric *metric = add_metric(p);

		if (metric == NULL)
			return NULL;
		metric->lacks_count = true;
		metric->lacks_sum = true;
		*slot = (struct series_slot){metric, p->known, hash};
		p->series.n++;
	}
	p->last_series = *slot;
	return slot->metric;
}

/* ---- values ---- */

/* Go's uint64(float64) on amd64: below 2^63 a signed conversion, so that negative numbers wrap, and
 * 2^63 for everything that no integer stands for. */
static uint64_t go_uint64(double value)
{
	const double two_to_63 = 9223372036854775808.0;

	if (value >= -two_to_63 && value < two_to_63)
		return (uint64_t)(int64_t)value;
	if (value >= two_to_63 && value < 2 * two_to_63)
		return (uint64_t)value;
	return (uint64_t)1 << 63;
}

/* The points' array grows at powers of two, so its capacity needs no field. */
static void *grow_points(struct parser *p, void *points, uint32_t n, size_t size)
{
	const uint32_t first = 8;
	void *grown;

	if (n != 0 && (n < first || (n & (n - 1)) != 0))
		return points;
	grown = arena_array(p->arena, n == 0 ? first : (size_t)n * 2, size);
	if (grown == NULL)
		fail_memory(p);
	else if (n > 0)
		memcpy(grown, points, n * size);
	return grown;
}

static bool add_quantile(struct parser *p, struct metric *metric, double value)
{
	struct quantile *quantiles;

	if (!count_series(p))
		return false;
	quantiles = grow_points(p, metric->quantiles, metric->n_points, sizeof(*quantiles));
	if (quantiles == NULL)
		return false;
	metric->quantiles = quantiles;
	quantiles[metric->n_points++] = (struct quantile){p->point, value};
	return true;
}

static bool add_bucket(struct parser *p, struct metric *metric, double value)
{
	struct bucket bucket = {.upper_bound = p->point};
	struct bucket *buckets;

	if (value == (double)go_uint64(value))
		bucket.count = go_uint64(value);
	else if (value < 0)
		return fail_string(p, "negative bucket population for histogram ", family_name(p),
				   "");
	else
		bucket.count_float = value;
	if (!count_series(p))
		return false;
	buckets = grow_points(p, metric->buckets, metric->n_points, sizeof(*buckets));
	if (buckets == NULL)
		return false;
	metric->buckets = buckets;
	buckets[metric->n_points++] = bucket;
	return true;
}

static void set_sum(struct metric *metric, double value)
{
	metric->lacks_sum = false;
	metric->sum = value;
}

static bool add_summary_value(struct parser *p, struct metric *metric, double value)
{
	switch (p->role) {
	case ROLE_COUNT:
		metric->lacks_count = false;
		metric->count = go_uint64(value);
		return true;
	case ROLE_SUM:
		set_sum(metric, value);
		return true;
	case ROLE_PLAIN:
		return isnan(p->point) || add_quantile(p, metric, value);
	}
	not_reached();
}

static bool add_histogram_value(struct parser *p, struct metric *metric, double value)
{
	switch (p->role) {
	case ROLE_COUNT:
		metric->lacks_count = false;
		if (value == (double)go_uint64(value))
			metric->count = go_uint64(value);
		else if (value < 0)
			return fail_string(p, "negative count for histogram ", family_name(p), "");
		else
			metric->count_float = value;
		return true;
	case ROLE_SUM:
		set_sum(metric, value);
		return true;
	case ROLE_PLAIN:
		return isnan(p->point) || add_bucket(p, metric, value);
	}
	not_reached();
}

static bool parse_timestamp(struct parser *p, struct metric *metric)
{
	struct slice token, rest;
	const char *begin;
	int64_t timestamp_ms;

	skip_blanks(p);
	begin = p->at;
	while (!is_class(*p->at, C_TOKEN_STOP))
		p->at++;
	token = slice_between(begin, p->at);
	if (!number_parse_i64(token, &timestamp_ms))
		return fail_string(p, "expected integer as timestamp, got ", token, "");
	metric->has_timestamp = true;
	p->list.has_timestamps = true;
	if (!take_rest(p, &rest))
		return false;
	if (rest.len > 0)
		return fail_string(p, "spurious string after timestamp: ", rest, "");
	return end_line(p);
}

static bool parse_value(struct parser *p)
{
	enum metric_type type = p->known->family->type;
	bool merged = type == METRIC_SUMMARY || is_histogram(type), added = true;
	struct metric *metric = merged ? find_or_add_metric(p) : add_metric(p);
	struct slice token;
	const char *begin;
	double value;

	if (metric == NULL)
		return false;
	skip_blanks(p);
	begin = p->at;
	while (!is_class(*p->at, C_TOKEN_STOP))
		p->at++;
	token = slice_between(begin, p->at);
	if (!number_parse(token, &value))
		return fail_string(p, "expected float as value, got ", token, "");
	if (!merged)
		metric->value = value;
	else if (type == METRIC_SUMMARY)
		added = add_summary_value(p, metric, value);
	else
		added = add_histogram_value(p, metric, value);
	if (!added)
		return false;
	return *p->at == '\n' ? end_line(p) : parse_timestamp(p, metric);
}

/* ---- lines ---- */

static bool parse_sample(struct parser *p)
{
	struct slice name;
	bool quoted;

	p->known = NULL;
	p->n_labels = 0;
	p->n_labels_seen = 0;
	p->point = NAN;
	if (*p->at != '{') {
		if (!take_name(p, &metric_names, &name, &quoted))
			return false;
		if (name.len == 0)
			return fail_text(p, SLICE("invalid metric name"));
		if (!resolve_family(p, name))
			return false;
		settle_type(p->known);
		skip_blanks(p);
	}
	if (*p->at == '{' && !parse_labels(p))
		return false;
	return parse_value(p);
}

static bool parse_lines(struct parser *p)
{
	while (p->at < p->end) {
		p->line++;
		skip_blanks(p);
		if (*p->at == '\n')
			p->at++;
		else if (!(*p->at == '#' ? parse_comment(p) : parse_sample(p)))
			return false;
	}
	return true;
}

static bool parse_body(struct parser *p, struct slice body)
{
	const char *end = body.ptr + body.len;
	const char *last_newline = body.len == 0 ? NULL : memrchr(body.ptr, '\n', body.len);
	struct slice last_line;
	char *copy;

	p->at = body.ptr;
	p->end = last_newline == NULL ? body.ptr : last_newline + 1;
	last_line = slice_between(p->end, end);
	if (!parse_lines(p))
		return false;
	if (last_line.len == 0)
		return true;
	copy = arena_text(p->arena, last_line.len + 1);
	if (copy == NULL)
		return fail_memory(p);
	memcpy(copy, last_line.ptr, last_line.len);
	copy[last_line.len] = '\n';
	p->at = copy;
	p->missing_newline = copy + last_line.len;
	p->end = p->missing_newline + 1;
	return parse_lines(p);
}

/* ---- the result ---- */

/* One float among the counts makes all of them floats (expfmt, normalizeHistogram). */
static void normalize_histogram(struct metric *metric)
{
	bool has_floats = metric->count_float != 0;

	for (uint32_t i = 0; i < metric->n_points && !has_floats; i++)
		has_floats = metric->buckets[i].count_float != 0;
	if (!has_floats)
		return;
	if (metric->count_float == 0) {
		metric->count_float = (double)metric->count;
		metric->count = 0;
	}
	for (uint32_t i = 0; i < metric->n_points; i++) {
		struct bucket *bucket = &metric->buckets[i];

		if (bucket->count_float == 0) {
			bucket->count_float = (double)bucket->count;
			bucket->count = 0;
		}
	}
}

static void finish(struct parser *p, struct family_list *ret)
{
	struct family *next;

	family_list_init(ret);
	ret->n_metrics = p->list.n_metrics;
	ret->has_timestamps = p->list.has_timestamps;
	for (struct family *family = p->list.first; family != NULL; family = next) {
		next = family->next;
		family->next = NULL;
		if (family->first == NULL)
			continue;
		*ret->tail = family;
		ret->tail = &family->next;
		ret->n_families++;
		if (is_histogram(family->type))
			for (struct metric *metric = family->first; metric != NULL;
			     metric = metric->next)
				normalize_histogram(metric);
	}
}

enum err_code text_parse(struct slice body, enum name_scheme scheme,
			 const struct push_limits *limits, struct arena *arena,
			 struct family_list *ret, struct err *reterr)
{
	struct parser p = {.scheme = scheme, .limits = limits, .arena = arena, .err = reterr};

	/* Counts are of 32 bits; two bytes of a body make at most one of anything. */
	if (body.len > UINT32_MAX)
		return err_set(reterr, ERR_TOO_BIG, SLICE("the push has more than 4 GiB of text"));
	family_list_init(&p.list);
	/* Unknown outside of this process, so that nobody can prepare names that collide. */
	p.seed = (uintptr_t)&p ^ (uint64_t)(uintptr_t)body.ptr << 17;
	if (!family_table_grow(&p) || !parse_body(&p, body))
		return reterr->code;
	finish(&p, ret);
	return ERR_NONE;
}
