/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of the checks is the reference's (handler/push.go): the job's base64, the label part,
 * the empty job. */
#include "format/path_parse.h"

#include <inttypes.h>

#include "base/base64.h"
#include "base/utf8.h"
#include "base/quote.h"

enum { TEXT_BYTES_MAX = 8 * 1024 * 1024 }; /* of a sentence that quotes the path */

#define BASE64_SUFFIX SLICE("@base64")
#define JOB SLICE("job")

/* A sentence with quoted parts. */
static enum err_code fail_text(struct err *reterr, struct buf *text)
{
	enum err_code code = buf_ok(text) ? err_set(reterr, ERR_SYNTAX, buf_slice(text))
					  : err_set(reterr, ERR_NOMEM, SLICE("out of memory"));

	buf_free(text);
	return code;
}

static enum err_code fail_job(struct slice decoded, size_t offset, struct err *reterr)
{
	struct buf text;

	buf_init(&text, TEXT_BYTES_MAX);
	buf_put(&text, SLICE("invalid base64 encoding in job name "));
	quote_string(&text, decoded);
	buf_putf(&text, ": illegal base64 data at input byte %zu", offset);
	return fail_text(reterr, &text);
}

static enum err_code fail_value(struct slice name, struct slice raw, size_t offset,
				struct err *reterr)
{
	struct buf text;

	buf_init(&text, TEXT_BYTES_MAX);
	buf_put(&text, SLICE("invalid base64 encoding for label "));
	buf_put(&text, name);
	buf_put(&text, SLICE("="));
	quote_string(&text, raw);
	buf_putf(&text, ": illegal base64 data at input byte %zu", offset);
	return fail_text(reterr, &text);
}

static enum err_code fail_quoted(struct slice what, struct slice quoted, struct err *reterr)
{
	struct buf text;

	buf_init(&text, TEXT_BYTES_MAX);
	buf_put(&text, what);
	quote_string(&text, quoted);
	return fail_text(reterr, &text);
}

/* The reference makes a letter small by setting a bit (prometheus/common, model.lower), which makes
 * digits of the control bytes 0x10 to 0x19. */
static int hex_digit(char c)
{
	int lower = c | 0x20;

	if (lower >= '0' && lower <= '9')
		return lower - '0';
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* _HEX_ at the start of `rest`: 1 to 5 digits. Moves behind it; false when it is not one. */
static bool take_code_point(struct slice *rest, uint32_t *ret)
{
	size_t at = 1;
	uint32_t code_point = 0;

	while (at < rest->len && at <= 5 && hex_digit(rest->ptr[at]) >= 0)
		code_point = code_point << 4 | (uint32_t)hex_digit(rest->ptr[at++]);
	if (at == 1 || at >= rest->len || rest->ptr[at] != '_' ||
	    (code_point >= 0xd800 && code_point <= 0xdfff))
		return false;
	*rest = slice_skip(*rest, at + 1);
	*ret = code_point;
	return true;
}

/* U__ names (prometheus/common, model.UnescapeName): on any error the name stays as it is. */
static bool unescape_name(struct slice name, struct arena *arena, struct slice *ret)
{
	struct slice rest;
	char *text;
	size_t n = 0;

	*ret = name;
	if (!slice_starts(name, SLICE("U__")))
		return true;
	rest = slice_skip(name, 3);
	text = arena_text(arena, rest.len + 4);
	if (text == NULL)
		return false;
	while (rest.len > 0) {
		uint32_t code_point;

		if (rest.ptr[0] != '_') {
			text[n++] = rest.ptr[0];
			rest = slice_skip(rest, 1);
		} else if (rest.len > 1 && rest.ptr[1] == '_') {
			text[n++] = '_';
			rest = slice_skip(rest, 2);
		} else if (take_code_point(&rest, &code_point)) {
			n += utf8_encode(code_point, text + n);
		} else {
			return true;
		}
	}
	*ret = (struct slice){text, n};
	return true;
}

struct path_labels {
	struct label *labels;
	size_t n;
};

static void put_label(struct path_labels *p, struct label label)
{
	assert(p->labels != NULL); /* made by parse_labels, before the first pair */
	p->labels[p->n++] = label;
}

/* Sorts; of labels of one name the last one put stays. */
static void sort_labels(struct path_labels *p)
{
	size_t n = 0;

	labels_sort(p->labels, p->n);
	for (size_t i = 0; i < p->n; i++)
		if (i + 1 == p->n || !slice_eq(p->labels[i].name, p->labels[i + 1].name))
			p->labels[n++] = p->labels[i];
	p->n = n;
}

static enum err_code fail_nomem(struct err *reterr)
{
	return err_over(reterr, LIMIT_PUSH_MEMORY, "the path needs too much memory");
}

static enum err_code parse_pair(struct path_labels *p, struct slice name, struct slice value,
				enum name_scheme scheme, struct arena *arena, struct err *reterr)
{
	struct label label;
	bool base64 = slice_ends(name, BASE64_SUFFIX);
	size_t offset;

	if (base64)
		name.len -= BASE64_SUFFIX.len;
	label = (struct label){name, value};
	if (scheme == NAME_UTF8 && !unescape_name(name, arena, &label.name))
		return fail_nomem(reterr);
	if (!label_name_valid(label.name, scheme) || slice_starts(name, SLICE("__")))
		return fail_quoted(SLICE("improper label name "), name, reterr);
	if (base64)
		switch (base64_decode(value, arena, &label.value, &offset)) {
		case BASE64_OK:
			break;
		case BASE64_ILLEGAL:
			return fail_value(name, value, offset, reterr);
		case BASE64_NOMEM:
			return fail_nomem(reterr);
		}
	put_label(p, label);
	return ERR_NONE;
}

static size_t count_components(struct slice text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == '/';
	return n;
}

static struct slice take_component(struct slice *rest)
{
	struct slice head;

	if (slice_cut(*rest, '/', &head, rest))
		return head;
	head = *rest;
	*rest = SLICE_EMPTY;
	return head;
}

static enum err_code parse_labels(struct path_labels *p, const struct push_path *path,
				  enum name_scheme scheme, uint32_t labels_max, struct arena *arena,
				  struct err *reterr)
{
	size_t n = path->labels.len <= 1 ? 0 : count_components(slice_skip(path->labels, 1));
	struct slice rest = n == 0 ? SLICE_EMPTY : slice_skip(path->labels, 1);

	if (n % 2 != 0)
		return fail_quoted(SLICE("odd number of components in label string "), path->labels,
				   reterr);
	if (labels_max != 0 && n / 2 + 1 > labels_max)
		return err_over(reterr, LIMIT_PUSH_LABELS,
				"the path has more than %" PRIu32 " labels", labels_max);
	p->labels = arena_new_array(arena, struct label, n / 2 + 1);
	if (p->labels == NULL)
		return fail_nomem(reterr);
	for (size_t i = 0; i < n; i += 2) {
		struct slice name = take_component(&rest), value = take_component(&rest);
		enum err_code code = parse_pair(p, name, value, scheme, arena, reterr);

		if (code != ERR_NONE)
			return code;
	}
	return ERR_NONE;
}

enum err_code path_parse(const struct push_path *path, enum name_scheme scheme, uint32_t labels_max,
			 struct arena *arena, struct label **ret_labels, size_t *ret_n,
			 struct err *reterr)
{
	struct slice job = path->job;
	struct path_labels p = {0};
	enum err_code code;
	size_t offset;

	if (path->job_base64)
		switch (base64_decode(path->job, arena, &job, &offset)) {
		case BASE64_OK:
			break;
		case BASE64_ILLEGAL:
			return fail_job(job, offset, reterr);
		case BASE64_NOMEM:
			return fail_nomem(reterr);
		}
	code = parse_labels(&p, path, scheme, labels_max, arena, reterr);
	if (code != ERR_NONE)
		return code;
	if (job.len == 0)
		return err_set(reterr, ERR_SYNTAX, SLICE("job name is required"));
	put_label(&p, (struct label){JOB, job});
	sort_labels(&p);
	*ret_labels = p.labels;
	*ret_n = p.n;
	return ERR_NONE;
}
