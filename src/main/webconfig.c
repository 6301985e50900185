/* SPDX-License-Identifier: Apache-2.0
 *
 * The schema is a few tables of keys, each with the function that reads its value. Problems of form
 * are gathered and reported together, as the reference's YAML package does; a word that means
 * nothing (a version, a cipher) ends the reading at once, as there. */
#include "main/webconfig.h"

#include <errno.h>
#include <inttypes.h>

#include "base/quote.h"
#include "http/tls_names.h"
#include "main/duration.h"
#include "main/yaml.h"

enum {
	POLICY_BYTES_MAX = 64 << 20, /* the tree of a file of YAML_BYTES_MAX, and what it says */
	PROBLEMS_BYTES_MAX = 4096,
	SHOWN_MAX = 10, /* of a value in a sentence; a longer one is cut, as in Go */
	SHOWN_CUT = 7,
	FIELDS_MAX = 32,
};

struct reader {
	struct http_policy *policy;
	struct arena *arena; /* the policy's */
	struct slice folder;
	struct buf problems; /* each "\n  line 1: ... (column 1)" */
	struct err *err;
};

typedef enum err_code read_fn(struct reader *r, const struct yaml_node *value);

struct field {
	struct slice key;
	read_fn *read;
};

/* --- values ------------------------------------------------------------------------------------
 */

static enum err_code no_memory(struct reader *r)
{
	return err_set(r->err, ERR_NOMEM, SLICE("yaml: out of memory"));
}

static bool is_one_of(struct slice text, const char *const *words)
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

enum scalar_type { SCALAR_STR, SCALAR_BOOL, SCALAR_INT, SCALAR_FLOAT };

struct scalar {
	enum scalar_type type;
	bool truth;
	int64_t integer; /* a float's too, towards zero */
};

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

static void number_resolve(struct slice text, struct scalar *s)
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

static struct scalar resolve(const struct yaml_node *n)
{
	struct scalar s = {.type = SCALAR_STR};

	if (!n->plain)
		return s;
	s.truth = is_one_of(n->text, true_words);
	if (s.truth || is_one_of(n->text, false_words))
		s.type = SCALAR_BOOL;
	else
		number_resolve(n->text, &s);
	return s;
}

static void problem_end(struct reader *r, const struct yaml_node *at)
{
	buf_putf(&r->problems, " (column %zu)", at->column);
}

static void problem_begin(struct reader *r, const struct yaml_node *at)
{
	buf_putf(&r->problems, "\n  line %zu: ", at->line);
}

static enum err_code mismatch(struct reader *r, const struct yaml_node *at, const char *wanted)
{
	static const char *const types[] = {"!!str", "!!bool", "!!int", "!!float"};
	const struct yaml_node *n = yaml_meant(at);
	struct slice text = n->text;

	problem_begin(r, at);
	buf_put(&r->problems, SLICE("cannot unmarshal "));
	if (n->kind == YAML_MAPPING) {
		buf_put(&r->problems, SLICE("!!map"));
	} else if (n->kind == YAML_SEQUENCE) {
		buf_put(&r->problems, SLICE("!!seq"));
	} else {
		buf_put(&r->problems, slice_of(types[resolve(n).type]));
		buf_put(&r->problems, SLICE(" `"));
		buf_put(&r->problems,
			text.len > SHOWN_MAX ? (struct slice){text.ptr, SHOWN_CUT} : text);
		buf_put(&r->problems, text.len > SHOWN_MAX ? SLICE("...`") : SLICE("`"));
	}
	buf_putf(&r->problems, " into %s", wanted);
	problem_end(r, at);
	return ERR_NONE;
}

/* A value that is left out leaves what it is for as it was. */
static bool is_absent(const struct yaml_node *value)
{
	return yaml_meant(value)->kind == YAML_NULL;
}

static enum err_code text_read(struct reader *r, const struct yaml_node *value, struct slice *ret)
{
	const struct yaml_node *n = yaml_meant(value);

	if (n->kind == YAML_SCALAR)
		*ret = n->text;
	else if (n->kind != YAML_NULL)
		return mismatch(r, value, "string");
	return ERR_NONE;
}

static enum err_code bool_read(struct reader *r, const struct yaml_node *value, bool *ret)
{
	const struct yaml_node *n = yaml_meant(value);
	struct scalar s = resolve(n);

	if (n->kind == YAML_NULL)
		return ERR_NONE;
	if (n->kind != YAML_SCALAR || s.type != SCALAR_BOOL)
		return mismatch(r, value, "bool");
	*ret = s.truth;
	return ERR_NONE;
}

/* Relative to the file's folder. */
static enum err_code path_read(struct reader *r, const struct yaml_node *value, struct slice *ret)
{
	struct slice path = SLICE_EMPTY;
	enum err_code code = text_read(r, value, &path);
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
		return no_memory(r);
	memcpy(joined, r->folder.ptr, r->folder.len);
	joined[r->folder.len] = '/';
	memcpy(joined + r->folder.len + 1, path.ptr, path.len);
	*ret = (struct slice){joined, r->folder.len + 1 + path.len};
	return ERR_NONE;
}

/* --- mappings and lists ------------------------------------------------------------------------
 */

static void unknown_field(struct reader *r, const struct yaml_node *key, const char *type)
{
	problem_begin(r, key);
	buf_put(&r->problems, SLICE("field "));
	buf_put(&r->problems, yaml_meant(key)->text);
	buf_putf(&r->problems, " not found in type %s", type);
	problem_end(r, key);
}

static void repeated_field(struct reader *r, const struct yaml_node *key, const char *type)
{
	problem_begin(r, key);
	buf_put(&r->problems, SLICE("field "));
	buf_put(&r->problems, yaml_meant(key)->text);
	buf_putf(&r->problems, " already set in type %s", type);
	problem_end(r, key);
}

static enum err_code fields_read(struct reader *r, const struct yaml_node *value, const char *type,
				 const struct field *fields, size_t n_fields)
{
	const struct yaml_node *mapping = yaml_meant(value);
	bool seen[FIELDS_MAX] = {false};

	assert(n_fields <= FIELDS_MAX);
	if (mapping->kind == YAML_NULL)
		return ERR_NONE;
	if (mapping->kind != YAML_MAPPING)
		return mismatch(r, value, type);
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
static void keys_check(struct reader *r, const struct yaml_node *mapping)
{
	for (const struct yaml_node *n = mapping->first; n != NULL; n = n->next) {
		for (const struct yaml_node *m = mapping->first; m != n; m = m->next) {
			if (!slice_eq(yaml_meant(m->key)->text, yaml_meant(n->key)->text))
				continue;
			problem_begin(r, n->key);
			buf_put(&r->problems, SLICE("key "));
			quote_string(&r->problems, yaml_meant(n->key)->text);
			buf_put(&r->problems, SLICE(" already set in map"));
			problem_end(r, n->key);
			break;
		}
	}
}

static size_t count(const struct yaml_node *collection)
{
	size_t n_children = 0;

	for (const struct yaml_node *n = collection->first; n != NULL; n = n->next)
		n_children++;
	return n_children;
}

/* The items of a list as an array of texts. */
static enum err_code list_read(struct reader *r, const struct yaml_node *value, const char *type,
			       const struct slice **ret, size_t *ret_n)
{
	const struct yaml_node *list = yaml_meant(value);
	struct slice *items;
	size_t n = 0;

	if (list->kind != YAML_SEQUENCE)
		return mismatch(r, value, type);
	items = arena_new_array(r->arena, struct slice, count(list));
	if (items == NULL)
		return no_memory(r);
	for (const struct yaml_node *item = list->first; item != NULL; item = item->next) {
		enum err_code code;

		items[n] = SLICE_EMPTY;
		code = text_read(r, item, &items[n]);
		if (code != ERR_NONE)
			return code;
		n += !is_absent(item);
	}
	*ret = items;
	*ret_n = n;
	return ERR_NONE;
}

/* --- tls_server_config -------------------------------------------------------------------------
 */

#define READ_INTO(name, reading, member)                                                           \
	static enum err_code name(struct reader *r, const struct yaml_node *value)                 \
	{                                                                                          \
		return reading(r, value, &r->policy->member);                                      \
	}

static enum err_code version_read(struct reader *r, const struct yaml_node *value, uint16_t *ret)
{
	struct slice name = SLICE_EMPTY;
	enum err_code code = text_read(r, value, &name);

	if (code != ERR_NONE || yaml_meant(value)->kind != YAML_SCALAR)
		return code;
	if (!tls_version_find(name, ret))
		return err_setf(r->err, ERR_SYNTAX, "unknown TLS version: %.*s", SLICE_ARG(name));
	return ERR_NONE;
}

typedef bool find_fn(struct slice name, uint32_t *ret_bit);

static enum err_code names_read(struct reader *r, const struct yaml_node *value, const char *type,
				const char *what, find_fn *find, uint32_t *ret_bits)
{
	const struct slice *names = NULL;
	size_t n = 0;
	uint32_t bit;
	enum err_code code;

	if (is_absent(value))
		return ERR_NONE;
	code = list_read(r, value, type, &names, &n);
	if (code != ERR_NONE)
		return code;
	for (size_t i = 0; i < n; i++) {
		if (!find(names[i], &bit))
			return err_setf(r->err, ERR_SYNTAX, "unknown %s: %.*s", what,
					SLICE_ARG(names[i]));
		*ret_bits |= bit;
	}
	return ERR_NONE;
}

static enum err_code cipher_suites_read(struct reader *r, const struct yaml_node *value)
{
	return names_read(r, value, "[]web.Cipher", "cipher", tls_cipher_find,
			  &r->policy->tls.ciphers);
}

static enum err_code curves_read(struct reader *r, const struct yaml_node *value)
{
	return names_read(r, value, "[]web.Curve", "curve", tls_curve_find, &r->policy->tls.curves);
}

static enum err_code allowed_sans_read(struct reader *r, const struct yaml_node *value)
{
	struct tls_settings *tls = &r->policy->tls;

	if (is_absent(value))
		return ERR_NONE;
	tls->has_allowed_sans = true;
	return list_read(r, value, "[]string", &tls->allowed_sans, &tls->n_allowed_sans);
}

/* It is checked and does nothing, as in the reference: the server's order is always preferred. */
static enum err_code prefer_server_read(struct reader *r, const struct yaml_node *value)
{
	bool ignored;

	return bool_read(r, value, &ignored);
}

READ_INTO(cert_read, text_read, tls.cert)
READ_INTO(key_read, text_read, tls.key)
READ_INTO(client_ca_read, text_read, tls.client_ca)
READ_INTO(cert_file_read, path_read, tls.cert_file)
READ_INTO(key_file_read, path_read, tls.key_file)
READ_INTO(client_ca_file_read, path_read, tls.client_ca_file)
READ_INTO(client_auth_read, text_read, tls.client_auth)
READ_INTO(version_min_read, version_read, tls.version_min)
READ_INTO(version_max_read, version_read, tls.version_max)

static const struct field tls_fields[] = {
	{SLICE_TEXT("cert"), cert_read},
	{SLICE_TEXT("key"), key_read},
	{SLICE_TEXT("client_ca"), client_ca_read},
	{SLICE_TEXT("cert_file"), cert_file_read},
	{SLICE_TEXT("key_file"), key_file_read},
	{SLICE_TEXT("client_ca_file"), client_ca_file_read},
	{SLICE_TEXT("client_auth_type"), client_auth_read},
	{SLICE_TEXT("client_allowed_sans"), allowed_sans_read},
	{SLICE_TEXT("min_version"), version_min_read},
	{SLICE_TEXT("max_version"), version_max_read},
	{SLICE_TEXT("cipher_suites"), cipher_suites_read},
	{SLICE_TEXT("curve_preferences"), curves_read},
	{SLICE_TEXT("prefer_server_cipher_suites"), prefer_server_read},
};

#define FIELDS(table) table, sizeof(table) / sizeof((table)[0])

static enum err_code tls_read(struct reader *r, const struct yaml_node *value)
{
	return fields_read(r, value, "web.TLSConfig", FIELDS(tls_fields));
}

/* --- http_server_config ------------------------------------------------------------------------
 */

/* By what the file calls them, in the order of what Go makes of that on the wire. */
static const struct {
	struct slice key, name;
	const char *values[3]; /* all that are allowed; none: any */
} headers_known[] = {
	{SLICE_TEXT("Content-Security-Policy"), SLICE_TEXT("Content-Security-Policy"), {NULL}},
	{SLICE_TEXT("Strict-Transport-Security"), SLICE_TEXT("Strict-Transport-Security"), {NULL}},
	{SLICE_TEXT("X-Content-Type-Options"), SLICE_TEXT("X-Content-Type-Options"), {"nosniff"}},
	{SLICE_TEXT("X-Frame-Options"), SLICE_TEXT("X-Frame-Options"), {"deny", "sameorigin"}},
	{SLICE_TEXT("X-XSS-Protection"), SLICE_TEXT("X-Xss-Protection"), {NULL}},
};
enum { N_HEADERS_KNOWN = sizeof(headers_known) / sizeof(headers_known[0]) };
_Static_assert((int)N_HEADERS_KNOWN <= (int)HTTP_POLICY_HEADERS_MAX, "a policy holds every header");

static enum err_code bad_header_value(struct reader *r, size_t known, struct slice value)
{
	const char *const *values = headers_known[known].values;
	struct buf text;
	enum err_code code;

	buf_init(&text, PROBLEMS_BYTES_MAX);
	buf_putf(&text, "invalid value for %.*s. Expected one of: [",
		 SLICE_ARG(headers_known[known].key));
	for (size_t i = 0; values[i] != NULL; i++) {
		buf_put(&text, i == 0 ? SLICE("\"") : SLICE(" \""));
		buf_put(&text, slice_of(values[i]));
		buf_put(&text, SLICE("\""));
	}
	buf_put(&text, SLICE("], but got: "));
	quote_string(&text, value);
	code = err_set(r->err, ERR_SYNTAX, buf_slice(&text));
	buf_free(&text);
	return code;
}

/* Line ends become blanks, as Go writes them; other control bytes too, or a file could make answers
 * that nobody can read. */
static bool header_value_make(struct arena *arena, struct slice value, struct slice *ret)
{
	char *text = arena_text(arena, value.len);

	if (text == NULL)
		return false;
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.ptr[i];

		text[i] = c < 0x20 || c == 0x7f ? ' ' : value.ptr[i];
	}
	*ret = (struct slice){text, value.len};
	while (ret->len > 0 && ret->ptr[0] == ' ')
		*ret = slice_skip(*ret, 1);
	while (ret->len > 0 && ret->ptr[ret->len - 1] == ' ')
		ret->len--;
	return true;
}

static enum err_code header_read(struct reader *r, const struct yaml_node *value,
				 struct slice ret_values[N_HEADERS_KNOWN], bool ret_has[])
{
	struct slice key = yaml_meant(value->key)->text;
	struct slice text = SLICE_EMPTY;
	enum err_code code = text_read(r, value, &text);
	size_t i = 0;

	if (code != ERR_NONE)
		return code;
	while (i < N_HEADERS_KNOWN && !slice_eq(headers_known[i].key, key))
		i++;
	if (i == N_HEADERS_KNOWN)
		return err_setf(r->err, ERR_SYNTAX, "HTTP header \"%.*s\" can not be configured",
				SLICE_ARG(key));
	if (headers_known[i].values[0] != NULL && !is_one_of(text, headers_known[i].values))
		return bad_header_value(r, i, text);
	ret_has[i] = true;
	return header_value_make(r->arena, text, &ret_values[i]) ? ERR_NONE : no_memory(r);
}

static enum err_code headers_read(struct reader *r, const struct yaml_node *value)
{
	const struct yaml_node *mapping = yaml_meant(value);
	struct slice values[N_HEADERS_KNOWN];
	bool has[N_HEADERS_KNOWN] = {false};
	struct http_policy *p = r->policy;

	if (mapping->kind == YAML_NULL)
		return ERR_NONE;
	if (mapping->kind != YAML_MAPPING)
		return mismatch(r, value, "map[string]string");
	keys_check(r, mapping);
	for (const struct yaml_node *n = mapping->first; n != NULL; n = n->next) {
		enum err_code code = header_read(r, n, values, has);

		if (code != ERR_NONE)
			return code;
	}
	p->n_headers = 0;
	for (size_t i = 0; i < N_HEADERS_KNOWN; i++)
		if (has[i])
			p->headers[p->n_headers++] =
				(struct http_header){headers_known[i].name, values[i]};
	return ERR_NONE;
}

READ_INTO(http2_read, bool_read, http2)

static const struct field http_fields[] = {
	{SLICE_TEXT("http2"), http2_read},
	{SLICE_TEXT("headers"), headers_read},
};

static enum err_code http_read(struct reader *r, const struct yaml_node *value)
{
	return fields_read(r, value, "web.HTTPConfig", FIELDS(http_fields));
}

/* --- rate_limit, basic_auth_users --------------------------------------------------------------
 */

/* A number without a unit is nanoseconds. */
static enum err_code interval_read(struct reader *r, const struct yaml_node *value)
{
	const struct yaml_node *n = yaml_meant(value);
	struct scalar s = resolve(n);
	struct buf reason;
	bool ok;

	if (n->kind == YAML_NULL)
		return ERR_NONE;
	if (n->kind != YAML_SCALAR || s.type == SCALAR_BOOL)
		return mismatch(r, value, "time.Duration");
	if (s.type != SCALAR_STR) {
		r->policy->rate_interval_ns = s.integer;
		return ERR_NONE;
	}
	buf_init(&reason, PROBLEMS_BYTES_MAX);
	ok = duration_parse(n->text, &r->policy->rate_interval_ns, &reason);
	buf_free(&reason);
	return ok ? ERR_NONE : mismatch(r, value, "time.Duration");
}

static enum err_code burst_read(struct reader *r, const struct yaml_node *value)
{
	const struct yaml_node *n = yaml_meant(value);
	struct scalar s = resolve(n);

	if (n->kind == YAML_NULL)
		return ERR_NONE;
	if (n->kind != YAML_SCALAR || s.type == SCALAR_STR || s.type == SCALAR_BOOL)
		return mismatch(r, value, "int");
	r->policy->rate_burst = s.integer;
	return ERR_NONE;
}

static const struct field rate_fields[] = {
	{SLICE_TEXT("interval"), interval_read},
	{SLICE_TEXT("burst"), burst_read},
};

static enum err_code rate_read(struct reader *r, const struct yaml_node *value)
{
	return fields_read(r, value, "web.RateLimiterConfig", FIELDS(rate_fields));
}

static enum err_code users_read(struct reader *r, const struct yaml_node *value)
{
	const struct yaml_node *mapping = yaml_meant(value);
	struct http_user *users;
	size_t n_users = 0;

	if (mapping->kind == YAML_NULL)
		return ERR_NONE;
	if (mapping->kind != YAML_MAPPING)
		return mismatch(r, value, "map[string]config.Secret");
	keys_check(r, mapping);
	users = arena_new_array(r->arena, struct http_user, count(mapping));
	if (users == NULL)
		return no_memory(r);
	for (const struct yaml_node *n = mapping->first; n != NULL; n = n->next) {
		struct http_user *u = &users[n_users++];
		enum err_code code;

		u->name = yaml_meant(n->key)->text;
		u->hash = SLICE_EMPTY;
		code = text_read(r, n, &u->hash);
		if (code != ERR_NONE)
			return code;
	}
	r->policy->users = users;
	r->policy->n_users = n_users;
	return ERR_NONE;
}

/* --- the file ----------------------------------------------------------------------------------
 */

static const struct field config_fields[] = {
	{SLICE_TEXT("tls_server_config"), tls_read},
	{SLICE_TEXT("http_server_config"), http_read},
	{SLICE_TEXT("basic_auth_users"), users_read},
	{SLICE_TEXT("rate_limit"), rate_read},
};

static enum err_code config_read(struct reader *r, struct slice text)
{
	struct yaml_node *root;
	enum err_code code = yaml_read(text, r->arena, &root, r->err);

	if (code == ERR_NONE)
		code = fields_read(r, root, "web.Config", FIELDS(config_fields));
	if (code == ERR_NONE && r->problems.len > 0)
		code = err_setf(r->err, ERR_SYNTAX, "yaml: unmarshal errors:%.*s",
				SLICE_ARG(buf_slice(&r->problems)));
	return code;
}

enum err_code webconfig_parse(struct slice text, struct slice folder, struct http_policy **ret,
			      struct err *reterr)
{
	struct reader r = {
		.policy = http_policy_new(POLICY_BYTES_MAX), .folder = folder, .err = reterr};
	enum err_code code;

	if (r.policy == NULL)
		return no_memory(&r);
	r.arena = &r.policy->arena;
	r.policy->http2 = true;
	r.policy->tls.version_min = 0x0303;
	r.policy->tls.version_max = 0x0304;
	buf_init(&r.problems, PROBLEMS_BYTES_MAX);
	code = config_read(&r, text);
	buf_free(&r.problems);
	if (code == ERR_NONE)
		*ret = r.policy;
	else
		http_policy_release(r.policy);
	return code;
}
