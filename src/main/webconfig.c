/* SPDX-License-Identifier: Apache-2.0
 *
 * The schema is a few tables of keys, each with the function that reads its value. Problems of form
 * are gathered and reported together, as the reference's YAML package does; a word that means
 * nothing (a version, a cipher) ends the reading at once, as there. */
#include "main/webconfig.h"

#include "base/quote.h"
#include "http/tls_names.h"
#include "main/duration.h"
#include "main/webconfig_access.h"

enum {
	POLICY_BYTES_MAX = 64 << 20, /* the tree of a file of YAML_BYTES_MAX, and what it says */
	PROBLEMS_BYTES_MAX = 4096,
};

/* --- tls_server_config -------------------------------------------------------------------------
 */

#define READ_INTO(name, reading, member)                                                           \
	static enum err_code name(struct webconfig_reader *r, const struct yaml_node *value)       \
	{                                                                                          \
		return reading(r, value, &r->policy->member);                                      \
	}

static enum err_code version_read(struct webconfig_reader *r, const struct yaml_node *value,
				  uint16_t *ret)
{
	struct slice name = SLICE_EMPTY;
	enum err_code code = webconfig_text(r, value, &name);

	if (code != ERR_NONE || yaml_meant(value)->kind != YAML_SCALAR)
		return code;
	if (!tls_version_find(name, ret))
		return err_setf(r->err, ERR_SYNTAX, "unknown TLS version: %.*s", SLICE_ARG(name));
	return ERR_NONE;
}

typedef bool find_fn(struct slice name, uint32_t *ret_bit);

static enum err_code names_read(struct webconfig_reader *r, const struct yaml_node *value,
				const char *type, const char *what, find_fn *find,
				uint32_t *ret_bits)
{
	const struct slice *names = NULL;
	size_t n = 0;
	uint32_t bit;
	enum err_code code;

	if (webconfig_is_absent(value))
		return ERR_NONE;
	code = webconfig_list(r, value, type, &names, &n);
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

static enum err_code cipher_suites_read(struct webconfig_reader *r, const struct yaml_node *value)
{
	return names_read(r, value, "[]web.Cipher", "cipher", tls_cipher_find,
			  &r->policy->tls.ciphers);
}

static enum err_code curves_read(struct webconfig_reader *r, const struct yaml_node *value)
{
	return names_read(r, value, "[]web.Curve", "curve", tls_curve_find, &r->policy->tls.curves);
}

static enum err_code allowed_sans_read(struct webconfig_reader *r, const struct yaml_node *value)
{
	struct tls_settings *tls = &r->policy->tls;

	if (webconfig_is_absent(value))
		return ERR_NONE;
	tls->has_allowed_sans = true;
	return webconfig_list(r, value, "[]string", &tls->allowed_sans, &tls->n_allowed_sans);
}

/* It is checked and does nothing, as in the reference: the server's order is always preferred. */
static enum err_code prefer_server_read(struct webconfig_reader *r, const struct yaml_node *value)
{
	bool ignored;

	return webconfig_bool(r, value, &ignored);
}

READ_INTO(cert_read, webconfig_text, tls.cert)
READ_INTO(key_read, webconfig_text, tls.key)
READ_INTO(client_ca_read, webconfig_text, tls.client_ca)
READ_INTO(cert_file_read, webconfig_path, tls.cert_file)
READ_INTO(key_file_read, webconfig_path, tls.key_file)
READ_INTO(client_ca_file_read, webconfig_path, tls.client_ca_file)
READ_INTO(client_auth_read, webconfig_text, tls.client_auth)
READ_INTO(version_min_read, version_read, tls.version_min)
READ_INTO(version_max_read, version_read, tls.version_max)

static const struct webconfig_field tls_fields[] = {
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

static enum err_code tls_read(struct webconfig_reader *r, const struct yaml_node *value)
{
	return webconfig_fields(r, value, "web.TLSConfig", WEBCONFIG_FIELDS(tls_fields));
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

static enum err_code bad_header_value(struct webconfig_reader *r, size_t known, struct slice value)
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

static enum err_code header_read(struct webconfig_reader *r, const struct yaml_node *value,
				 struct slice ret_values[N_HEADERS_KNOWN], bool ret_has[])
{
	struct slice key = yaml_meant(value->key)->text;
	struct slice text = SLICE_EMPTY;
	enum err_code code = webconfig_text(r, value, &text);
	size_t i = 0;

	if (code != ERR_NONE)
		return code;
	while (i < N_HEADERS_KNOWN && !slice_eq(headers_known[i].key, key))
		i++;
	if (i == N_HEADERS_KNOWN)
		return err_setf(r->err, ERR_SYNTAX, "HTTP header \"%.*s\" can not be configured",
				SLICE_ARG(key));
	if (headers_known[i].values[0] != NULL &&
	    !webconfig_is_one_of(text, headers_known[i].values))
		return bad_header_value(r, i, text);
	ret_has[i] = true;
	return header_value_make(r->arena, text, &ret_values[i]) ? ERR_NONE
								 : webconfig_no_memory(r);
}

static enum err_code headers_read(struct webconfig_reader *r, const struct yaml_node *value)
{
	const struct yaml_node *mapping = yaml_meant(value);
	struct slice values[N_HEADERS_KNOWN];
	bool has[N_HEADERS_KNOWN] = {false};
	struct http_policy *p = r->policy;

	if (mapping->kind == YAML_NULL)
		return ERR_NONE;
	if (mapping->kind != YAML_MAPPING)
		return webconfig_mismatch(r, value, "map[string]string");
	webconfig_keys_check(r, mapping);
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

READ_INTO(http2_read, webconfig_bool, http2)

static const struct webconfig_field http_fields[] = {
	{SLICE_TEXT("http2"), http2_read},
	{SLICE_TEXT("headers"), headers_read},
};

static enum err_code http_read(struct webconfig_reader *r, const struct yaml_node *value)
{
	return webconfig_fields(r, value, "web.HTTPConfig", WEBCONFIG_FIELDS(http_fields));
}

/* --- rate_limit, basic_auth_users --------------------------------------------------------------
 */

/* A number without a unit is nanoseconds. */
static enum err_code interval_read(struct webconfig_reader *r, const struct yaml_node *value)
{
	const struct yaml_node *n = yaml_meant(value);
	struct webconfig_scalar s = webconfig_resolve(n);
	struct buf reason;
	bool ok;

	if (n->kind == YAML_NULL)
		return ERR_NONE;
	if (n->kind != YAML_SCALAR || s.type == SCALAR_BOOL)
		return webconfig_mismatch(r, value, "time.Duration");
	if (s.type != SCALAR_STR) {
		r->policy->rate_interval_ns = s.integer;
		return ERR_NONE;
	}
	buf_init(&reason, PROBLEMS_BYTES_MAX);
	ok = duration_parse(n->text, &r->policy->rate_interval_ns, &reason);
	buf_free(&reason);
	return ok ? ERR_NONE : webconfig_mismatch(r, value, "time.Duration");
}

static enum err_code burst_read(struct webconfig_reader *r, const struct yaml_node *value)
{
	const struct yaml_node *n = yaml_meant(value);
	struct webconfig_scalar s = webconfig_resolve(n);

	if (n->kind == YAML_NULL)
		return ERR_NONE;
	if (n->kind != YAML_SCALAR || s.type == SCALAR_STR || s.type == SCALAR_BOOL)
		return webconfig_mismatch(r, value, "int");
	r->policy->rate_burst = s.integer;
	return ERR_NONE;
}

static const struct webconfig_field rate_fields[] = {
	{SLICE_TEXT("interval"), interval_read},
	{SLICE_TEXT("burst"), burst_read},
};

static enum err_code rate_read(struct webconfig_reader *r, const struct yaml_node *value)
{
	return webconfig_fields(r, value, "web.RateLimiterConfig", WEBCONFIG_FIELDS(rate_fields));
}

static enum err_code users_read(struct webconfig_reader *r, const struct yaml_node *value)
{
	const struct yaml_node *mapping = yaml_meant(value);
	struct http_user *users;
	size_t n_users = 0;

	if (mapping->kind == YAML_NULL)
		return ERR_NONE;
	if (mapping->kind != YAML_MAPPING)
		return webconfig_mismatch(r, value, "map[string]config.Secret");
	webconfig_keys_check(r, mapping);
	users = arena_new_array(r->arena, struct http_user, webconfig_count(mapping));
	if (users == NULL)
		return webconfig_no_memory(r);
	for (const struct yaml_node *n = mapping->first; n != NULL; n = n->next) {
		struct http_user *u = &users[n_users++];
		enum err_code code;

		u->who.name = yaml_meant(n->key)->text;
		u->hash = SLICE_EMPTY;
		code = webconfig_text(r, n, &u->hash);
		if (code != ERR_NONE)
			return code;
	}
	r->policy->users = r->users = users;
	r->policy->n_users = n_users;
	return ERR_NONE;
}

/* --- the file ----------------------------------------------------------------------------------
 */

static const struct webconfig_field config_fields[] = {
	{SLICE_TEXT("tls_server_config"), tls_read},
	{SLICE_TEXT("http_server_config"), http_read},
	{SLICE_TEXT("basic_auth_users"), users_read},
	{SLICE_TEXT("rate_limit"), rate_read},
	/* not in the reference */
	{SLICE_TEXT("bearer_tokens"), webconfig_tokens},
	{SLICE_TEXT("open_paths"), webconfig_open_paths},
	{SLICE_TEXT("roles"), webconfig_roles},
	{SLICE_TEXT("push_groups"), webconfig_push_groups},
};

static enum err_code config_read(struct webconfig_reader *r, struct slice text)
{
	struct yaml_node *root;
	enum err_code code = yaml_read(text, r->arena, &root, r->err);

	if (code == ERR_NONE)
		code = webconfig_fields(r, root, "web.Config", WEBCONFIG_FIELDS(config_fields));
	if (code == ERR_NONE)
		code = webconfig_access(r);
	if (code == ERR_NONE && r->problems.len > 0)
		code = err_setf(r->err, ERR_SYNTAX, "yaml: unmarshal errors:%.*s",
				SLICE_ARG(buf_slice(&r->problems)));
	return code;
}

enum err_code webconfig_parse(struct slice text, struct slice folder, struct http_policy **ret,
			      struct err *reterr)
{
	struct webconfig_reader r = {
		.policy = http_policy_new(POLICY_BYTES_MAX), .folder = folder, .err = reterr};
	enum err_code code;

	if (r.policy == NULL)
		return webconfig_no_memory(&r);
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
