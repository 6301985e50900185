/* SPDX-License-Identifier: Apache-2.0 */
#include "main/webconfig_read.h"

#include <errno.h>
#include <stdlib.h>

#include "base/quote.h"

enum {
	SHOWN_MAX = 10, /* of a value in a sentence; a longer one is cut, as in Go */
	SHOWN_CUT = 7,
	FIELDS_MAX = 32,
};

/* --- values ------------------------------------------------------------------------------------
 */

enum err_code webconfig_no_memory(struct webconfig_reader *r)
{
	return err_set(r->err, ERR_NOMEM, SLICE("yaml: out of memory"));
}

bool webconfig_is_one_of(struct slice text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (slice_eq(text, slice_of(*words)))
			return true;
	return false;
}

/* The words of YAML 1.1, which the reference reads. */
static const char *const true_words[] = {"y",    "Y",    "yes", "Yes", "YES", "true",
					 "True", "TRUE", "on",  "On",  "ON",  NULL};
static const char *const false_words[] = {"n",     "N",     "no",  "No",  "NO",  "false",
					  "False", "FALSE", "off", "Off", "OFF", NULL};

static bool is_number_like(struct slice text)
{
	bool digit = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		digit |= c >= '0' && c <= '9';
		if (c == 0 || strchr("0123456789+-._eExXaAbBcCdDfF", c) == NULL)
			return false;
	}
	return digit;
}

static void number_resolve(struct slice text, struct webconfig_scalar *s)
{
	char copy[64];
	size_t n = 0;
	char *end;
	double value;

	if (text.len >= sizeof(copy) || !is_number_like(text))
		return;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '_')
			copy[n++] = text.ptr[i];
	copy[n] = 0;
	errno = 0;
	s->integer = strtoll(copy, &end, 0);
	if (*end == 0 && end != copy && errno == 0) {
		s->type = SCALAR_INT;
		return;
	}
	value = strtod(copy, &end);
	if (*end != 0 || end == copy || !(value > -9e18 && value < 9e18))
		return;
	s->type = SCALAR_FLOAT;
	s->integer = (int64_t)value;
}

struct webconfig_scalar webconfig_resolve(const struct yaml_node *n)
{
	struct webconfig_scalar s = {.type = SCALAR_STR};

	if (!n->plain)
		return s;
	s.truth = webconfig_is_one_of(n->text, true_words);
	if (s.truth || webconfig_is_one_of(n->text, false_words))
		s.type = SCALAR_BOOL;
	else
		number_resolve(n->text, &s);
	return s;
}

void webconfig_problem_end(struct webconfig_reader *r, const struct yaml_node *at)
{
	buf_putf(&r->problems, " (column %zu)", at->column);
}

void webconfig_problem_begin(struct webconfig_reader *r, const struct yaml_node *at)
{
	buf_putf(&r->problems, "\n  line %zu: ", at->line);
}

enum err_code webconfig_mismatch(struct webconfig_reader *r, const struct yaml_node *at,
				 const char *wanted)
{
	static const char *const types[] = {"!!str", "!!bool", "!!int", "!!float"};
	const struct yaml_node *n = yaml_meant(at);
	struct slice text = n->text;

	webconfig_problem_begin(r, at);
	buf_put(&r->problems, SLICE("cannot unmarshal "));
	if (n->kind == YAML_MAPPING) {
		buf_put(&r->problems, SLICE("!!map"));
	} else if (n->kind == YAML_SEQUENCE) {
		buf_put(&r->problems, SLICE("!!seq"));
	} else {
		buf_put(&r->problems, slice_of(types[webconfig_resolve(n).type]));
		buf_put(&r->problems, SLICE(" `"));
		buf_put(&r->problems,
			text.len > SHOWN_MAX ? (struct slice){text.ptr, SHOWN_CUT} : text);
		buf_put(&r->problems, text.len > SHOWN_MAX ? SLICE("...`") : SLICE("`"));
	}
	buf_putf(&r->problems, " into %s", wanted);
	webconfig_problem_end(r, at);
	return ERR_NONE;
}

/* A value that is left out leaves what it is for as it was. */
bool webconfig_is_absent(const struct yaml_node *value)
{
	return yaml_meant(value)->kind == YAML_NULL;
}

enum err_code webconfig_text(struct webconfig_reader *r, const struct yaml_node *value,
			     struct slice *ret)
{
	const struct yaml_node *n = yaml_meant(value);

	if (n->kind == YAML_SCALAR)
		*ret = n->text;
	else if (n->kind != YAML_NULL)
		return webconfig_mismatch(r, value, "string");
	return ERR_NONE;
}

enum err_code webconfig_bool(struct webconfig_reader *r, const struct yaml_node *value, bool *ret)
{
	const struct yaml_node *n = yaml_meant(value);
	struct webconfig_scalar s = webconfig_resolve(n);

	if (n->kind == YAML_NULL)
		return ERR_NONE;
	if (n->kind != YAML_SCALAR || s.type != SCALAR_BOOL)
		return webconfig_mismatch(r, value, "bool");
	*ret = s.truth;
	return ERR_NONE;
}

/* Relative to the file's folder. */
enum err_code webconfig_path(struct webconfig_reader *r, const struct yaml_node *value,
			     struct slice *ret)
{
	struct slice path = SLICE_EMPTY;
	enum err_code code = webconfig_text(r, value, &path);
	char *joined;

	if (code != ERR_NONE || path.len == 0)
		return code;
	if (memchr(path.ptr, 0, path.len) != NULL)
		return err_set(r->err, ERR_SYNTAX, SLICE("a path with a NUL byte in it"));
	while (slice_starts(path, SLICE("./")) && path.len > 2)
		path = slice_skip(path, 2);
	if (path.ptr[0] == '/' || r->folder.len == 0 || slice_eq(r->folder, SLICE("."))) {
		*ret = path;
		return ERR_NONE;
	}
	joined = arena_text(r->arena, r->folder.len + 1 + path.len);
	if (joined == NULL)
		return webconfig_no_memory(r);
	memcpy(joined, r->folder.ptr, r->folder.len);
	joined[r->folder.len] = '/';
	memcpy(joined + r->folder.len + 1, path.ptr, path.len);
	*ret = (struct slice){joined, r->folder.len + 1 + path.len};
	return ERR_NONE;
}

/* --- mappings and lists ------------------------------------------------------------------------
 */

static void unknown_field(struct webconfig_reader *r, const struct yaml_node *key, const char *type)
{
	webconfig_problem_begin(r, key);
	buf_put(&r->problems, SLICE("field "));
	buf_put(&r->problems, yaml_meant(key)->text);
	buf_putf(&r->problems, " not found in type %s", type);
	webconfig_problem_end(r, key);
}

static void repeated_field(struct webconfig_reader *r, const struct yaml_node *key,
			   const char *type)
{
	webconfig_problem_begin(r, key);
	buf_put(&r->problems, SLICE("field "));
	buf_put(&r->problems, yaml_meant(key)->text);
	buf_putf(&r->problems, " already set in type %s", type);
	webconfig_problem_end(r, key);
}

enum err_code webconfig_fields(struct webconfig_reader *r, const struct yaml_node *value,
			       const char *type, const struct webconfig_field *fields,
			       size_t n_fields)
{
	const struct yaml_node *mapping = yaml_meant(value);
	bool seen[FIELDS_MAX] = {false};

	assert(n_fields <= FIELDS_MAX);
	if (mapping->kind == YAML_NULL)
		return ERR_NONE;
	if (mapping->kind != YAML_MAPPING)
		return webconfig_mismatch(r, value, type);
	for (const struct yaml_node *n = mapping->first; n != NULL; n = n->next) {
		enum err_code code;
		size_t i = 0;

		while (i < n_fields && !slice_eq(fields[i].key, yaml_meant(n->key)->text))
			i++;
		if (i == n_fields) {
			unknown_field(r, n->key, type);
			continue;
		}
		if (seen[i]) {
			repeated_field(r, n->key, type);
			continue;
		}
		seen[i] = true;
		code = fields[i].read(r, n);
		if (code != ERR_NONE)
			return code;
	}
	return ERR_NONE;
}

/* Each key of a mapping once. */
void webconfig_keys_check(struct webconfig_reader *r, const struct yaml_node *mapping)
{
	for (const struct yaml_node *n = mapping->first; n != NULL; n = n->next) {
		for (const struct yaml_node *m = mapping->first; m != n; m = m->next) {
			if (!slice_eq(yaml_meant(m->key)->text, yaml_meant(n->key)->text))
				continue;
			webconfig_problem_begin(r, n->key);
			buf_put(&r->problems, SLICE("key "));
			quote_string(&r->problems, yaml_meant(n->key)->text);
			buf_put(&r->problems, SLICE(" already set in map"));
			webconfig_problem_end(r, n->key);
			break;
		}
	}
}

size_t webconfig_count(const struct yaml_node *collection)
{
	size_t n_children = 0;

	for (const struct yaml_node *n = collection->first; n != NULL; n = n->next)
		n_children++;
	return n_children;
}

/* The items of a list as an array of texts. */
enum err_code webconfig_list(struct webconfig_reader *r, const struct yaml_node *value,
			     const char *type, const struct slice **ret, size_t *ret_n)
{
	const struct yaml_node *list = yaml_meant(value);
	struct slice *items;
	size_t n = 0;

	if (list->kind != YAML_SEQUENCE)
		return webconfig_mismatch(r, value, type);
	items = arena_new_array(r->arena, struct slice, webconfig_count(list));
	if (items == NULL)
		return webconfig_no_memory(r);
	for (const struct yaml_node *item = list->first; item != NULL; item = item->next) {
		enum err_code code;

		items[n] = SLICE_EMPTY;
		code = webconfig_text(r, item, &items[n]);
		if (code != ERR_NONE)
			return code;
		n += !webconfig_is_absent(item);
	}
	*ret = items;
	*ret_n = n;
	return ERR_NONE;
}
