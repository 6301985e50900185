/* SPDX-License-Identifier: Apache-2.0 */
#include "main/webconfig.h"

#include <stdio.h>
#include <unistd.h>

#include "../cm.h"
#include "app/access.h"
#include "http/tls_names.h"
#include "main/webconfig_file.h"
#include "main/yaml.h"

enum { ARENA_BYTES_MAX = 1 << 20 };

static struct http_policy *parsed(const char *text)
{
	struct http_policy *p = NULL;
	struct arena arena;
	struct err err = err_in(&arena);

	arena_init(&arena, ARENA_BYTES_MAX);
	if (webconfig_parse(slice_of(text), SLICE("/etc/gateway"), &p, &err) != ERR_NONE)
		fail_msg("refused: %.*s", SLICE_ARG(err.msg));
	arena_free(&arena);
	return p;
}

static void assert_refused(struct slice text, const char *sentence)
{
	struct http_policy *p;
	struct arena arena;
	struct err err = err_in(&arena);

	arena_init(&arena, ARENA_BYTES_MAX);
	assert_int_not_equal(webconfig_parse(text, SLICE_EMPTY, &p, &err), ERR_NONE);
	assert_text(err.msg, slice_of(sentence));
	arena_free(&arena);
}

/* An empty file asks for nothing, and what it does not say has the toolkit's defaults. */
static void an_empty_file_is_the_defaults(void **state)
{
	struct http_policy *p = parsed("");

	(void)state;
	assert_false(tls_settings_wanted(&p->tls));
	assert_true(p->http2);
	assert_int_equal(p->tls.version_min, 0x0303);
	assert_int_equal(p->tls.version_max, 0x0304);
	assert_int_equal(p->tls.ciphers, 0);
	assert_int_equal(p->n_users, 0);
	assert_int_equal(p->n_headers, 0);
	assert_true(p->rate_interval_ns == 0);
	http_policy_release(p);
}

/* Every key of the schema arrives where it belongs. */
static void every_key_is_read(void **state)
{
	struct http_policy *p = parsed("tls_server_config:\n"
				       "  cert: C\n  key: K\n  client_ca: A\n"
				       "  cert_file: c.pem\n  key_file: ./k.pem\n"
				       "  client_ca_file: /a.pem\n"
				       "  client_auth_type: RequestClientCert\n"
				       "  client_allowed_sans: [x, \"y\"]\n"
				       "  min_version: TLS10\n  max_version: TLS12\n"
				       "  cipher_suites:\n"
				       "  - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"
				       "  curve_preferences: [CurveP384]\n"
				       "  prefer_server_cipher_suites: false\n"
				       "http_server_config:\n  http2: no\n  headers:\n"
				       "    X-XSS-Protection: 1\n"
				       "    Content-Security-Policy: none\n"
				       "basic_auth_users: {u: h, v: 'i'}\n"
				       "rate_limit:\n  interval: 2s\n  burst: 5\n");
	uint32_t bit = 0;

	(void)state;
	assert_text(p->tls.cert, SLICE("C"));
	assert_text(p->tls.key, SLICE("K"));
	assert_text(p->tls.client_ca, SLICE("A"));
	assert_text(p->tls.cert_file, SLICE("/etc/gateway/c.pem"));
	assert_text(p->tls.key_file, SLICE("/etc/gateway/k.pem"));
	assert_text(p->tls.client_ca_file, SLICE("/a.pem"));
	assert_text(p->tls.client_auth, SLICE("RequestClientCert"));
	assert_int_equal(p->tls.n_allowed_sans, 2);
	assert_text(p->tls.allowed_sans[1], SLICE("y"));
	assert_int_equal(p->tls.version_min, 0x0301);
	assert_int_equal(p->tls.version_max, 0x0303);
	assert_true(tls_cipher_find(SLICE("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"), &bit));
	assert_int_equal(p->tls.ciphers, bit);
	assert_true(tls_curve_find(SLICE("CurveP384"), &bit));
	assert_int_equal(p->tls.curves, bit);
	assert_false(p->http2);
	assert_int_equal(p->n_headers, 2); /* sorted, and spelt as Go spells them */
	assert_text(p->headers[0].name, SLICE("Content-Security-Policy"));
	assert_text(p->headers[1].name, SLICE("X-Xss-Protection"));
	assert_text(p->headers[1].value, SLICE("1"));
	assert_int_equal(p->n_users, 2);
	assert_text(p->users[1].who.name, SLICE("v"));
	assert_text(p->users[1].hash, SLICE("i"));
	assert_true(p->rate_interval_ns == INT64_C(2000000000) && p->rate_burst == 5);
	http_policy_release(p);
}

#define D_TOKEN "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0"
#define D_OTHER "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa"

static bool may(const struct http_identity *who, enum role role)
{
	const struct http_request r = {.identity = who};
	struct arena arena;
	struct err err = err_in(&arena);
	bool ok;

	arena_init(&arena, ARENA_BYTES_MAX);
	ok = access_judge(&r, role, &err) == ERR_NONE;
	arena_free(&arena);
	return ok;
}

static bool may_change_job(const struct http_identity *who, const char *job)
{
	const struct http_request r = {.identity = who};
	const struct label label = {SLICE("job"), slice_of(job)};
	struct labels grouping;
	struct arena arena;
	struct err err = err_in(&arena);
	bool ok;

	arena_init(&arena, ARENA_BYTES_MAX);
	assert_true(labels_pack(&label, 1, &arena, &grouping));
	ok = access_judge_group(&r, grouping, &err) == ERR_NONE;
	arena_free(&arena);
	return ok;
}

/* Tokens, open paths, roles and groups arrive where they belong; one text stands for a list of it.
 */
static void the_keys_of_our_own_are_read(void **state)
{
	struct http_policy *p = parsed("push_groups:\n  ci: ['{job=\"a\"}', '{job=\"b\"}']\n"
				       "roles:\n  ci: push\n  ops: [admin]\n"
				       "  both: [read, scrape]\n"
				       "basic_auth_users: {ops: h, both: h, nobody: h}\n"
				       "bearer_tokens:\n  ci: " D_TOKEN "\n"
				       "  both: ['" D_OTHER "']\n"
				       "open_paths: [/-/healthy, /static/*]\n");
	const struct http_identity *ops = &p->users[0].who, *nobody = &p->users[2].who;
	const struct http_identity *ci = &p->tokens[0].who, *both = &p->tokens[1].who;

	(void)state;
	assert_int_equal(p->n_tokens, 2);
	assert_text(ci->name, SLICE("ci"));
	assert_int_equal(p->tokens[0].sha256[0], 0x3c);
	assert_int_equal(p->tokens[0].sha256[31], 0xe0);
	assert_int_equal(p->n_open_paths, 2);
	assert_text(p->open_paths[1], SLICE("/static/*"));
	assert_true(may(ops, ROLE_ADMIN) && may(ops, ROLE_READ));
	assert_true(may(ci, ROLE_PUSH) && !may(ci, ROLE_READ) && !may(ci, ROLE_ADMIN));
	assert_true(may(both, ROLE_READ) && may(both, ROLE_SCRAPE) && !may(both, ROLE_PUSH));
	assert_true(may(&p->users[1].who, ROLE_READ)); /* the same by password */
	assert_true(may(nobody, ROLE_ANY) && !may(nobody, ROLE_READ));
	assert_true(may_change_job(ci, "a") && may_change_job(ci, "b"));
	assert_false(may_change_job(ci, "c"));
	assert_true(may_change_job(ops, "c"));
	http_policy_release(p);
}

/* Without `roles` everybody has all; with it, even an empty one, who is not in it has none. */
static void roles_begin_with_their_key(void **state)
{
	static const struct {
		const char *text;
		bool all;
	} rows[] = {
		{"basic_auth_users: {u: h}", true},
		{"basic_auth_users: {u: h}\nroles:", false},
		{"basic_auth_users: {u: h}\nroles: {}", false},
		{"basic_auth_users: {u: h}\nroles: {u: }", false},
		{"basic_auth_users: {u: h}\nroles: {u: []}", false},
		{"basic_auth_users: {u: h}\nroles: {u: admin}", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct http_policy *p = parsed(rows[i].text);

		for (enum role role = ROLE_ANY + 1; role < ROLES; role++)
			assert_int_equal(may(&p->users[0].who, role), rows[i].all);
		http_policy_release(p);
	}
}

/* What is wrong with them is told with its place, all of it at once; digests are not shown. */
static void mistakes_in_them_are_told(void **state)
{
	static const struct {
		const char *text, *sentence;
	} rows[] = {
		{"bearer_tokens: {u: token}",
		 "1: a token of user \"u\" is not the SHA-256 of one: 64 hexadecimal digits "
		 "(column 20)"},
		{"bearer_tokens: {u: " D_TOKEN "0}",
		 "1: a token of user \"u\" is not the SHA-256 of one: 64 hexadecimal digits "
		 "(column 20)"},
		{"bearer_tokens:\n  u: " D_TOKEN "\n  v: [" D_OTHER ", " D_TOKEN "]",
		 "3: a token of user \"v\" is there twice (column 73)"},
		{"bearer_tokens: [a]",
		 "1: cannot unmarshal !!seq into map[string][]string (column 16)"},
		{"bearer_tokens: {u: {a: b}}", "1: cannot unmarshal !!map into string (column 20)"},
		{"bearer_tokens: {u: , u: }", "1: key \"u\" already set in map (column 22)"},
		{"open_paths: [/a, b]",
		 "1: the path \"b\" does not begin with a slash, or a star stands elsewhere than "
		 "behind its last slash (column 18)"},
		{"open_paths: /a*",
		 "1: the path \"/a*\" does not begin with a slash, or a star stands elsewhere than "
		 "behind its last slash (column 13)"},
		{"open_paths: /*/*",
		 "1: the path \"/*/*\" does not begin with a slash, or a star stands elsewhere "
		 "than behind its last slash (column 13)"},
		{"roles: {u: read}",
		 "1: roles without users: there are no basic_auth_users and no bearer_tokens "
		 "(column 8)"},
		{"basic_auth_users: {u: h}\nroles:\n  u: [read, reed]\n  v: push",
		 "3: unknown role \"reed\": there are admin, push, read and scrape (column 13)\n"
		 "  line 4: user \"v\" is neither in basic_auth_users nor in bearer_tokens "
		 "(column 3)"},
		{"basic_auth_users: {u: h}\nroles: [u]",
		 "2: cannot unmarshal !!seq into map[string][]string (column 8)"},
		{"basic_auth_users: {u: h}\nroles: [u]\npush_groups: {u: '{}'}",
		 "2: cannot unmarshal !!seq into map[string][]string (column 8)\n"
		 "  line 3: user \"u\" is not in roles (column 15)"},
		{"basic_auth_users: {u: h}\npush_groups: {u: '{}'}",
		 "2: user \"u\" is not in roles (column 15)"},
		{"basic_auth_users: {u: h}\nroles: {u: [push, admin]}\npush_groups: {u: '{}'}",
		 "3: user \"u\" has the role admin, which may change every group (column 15)"},
		{"basic_auth_users: {u: h}\nroles: {u: read}\npush_groups: {u: '{}'}",
		 "3: user \"u\" does not have the role push (column 15)"},
		{"basic_auth_users: {u: h}\nroles: {u: push}\npush_groups: {u: {job: x}}",
		 "3: cannot unmarshal !!map into string (column 18)"},
		{"basic_auth_users: {u: h}\nroles: {u: push}\npush_groups: {u: job}",
		 "3: selector \"job\": groups are selected by their labels, not by a metric name; "
		 "write {label=\"value\"} (column 18)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char sentence[400];

		(void)snprintf(sentence, sizeof(sentence), "yaml: unmarshal errors:\n  line %s",
			       rows[i].sentence);
		assert_refused(slice_of(rows[i].text), sentence);
	}
}

/* Numbers are read as YAML 1.1 has them: other bases, fractions cut off, bare nanoseconds. */
static void numbers_are_yaml_numbers(void **state)
{
	static const struct {
		const char *text;
		int64_t interval_ns, burst;
	} rows[] = {
		{"rate_limit: {interval: 1000, burst: 0x10}", 1000, 16},
		{"rate_limit: {interval: 1.5, burst: 1.9}", 1, 1},
		{"rate_limit: {interval: -1s, burst: -3}", -1000000000, -3},
		{"rate_limit: {interval: 1_000, burst: 010}", 1000, 8},
		{"rate_limit: {interval: , burst: ~}", 0, 0},
		{"rate_limit: {interval: '1m'}", INT64_C(60000000000), 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct http_policy *p = parsed(rows[i].text);

		assert_true(p->rate_interval_ns == rows[i].interval_ns);
		assert_true(p->rate_burst == rows[i].burst);
		http_policy_release(p);
	}
}

/* An alias stands for the node it names, wherever that is legal, and not for what holds it. */
static void aliases_are_followed_but_not_in_circles(void **state)
{
	struct http_policy *p = parsed("tls_server_config:\n  cert_file: &f a.pem\n"
				       "  key_file: *f\n");

	(void)state;
	assert_text(p->tls.key_file, SLICE("/etc/gateway/a.pem"));
	http_policy_release(p);
	assert_refused(SLICE("tls_server_config: &a\n  cert: *a\n"),
		       "yaml: anchor 'a' value contains itself");
	assert_refused(SLICE("tls_server_config:\n  <<: {cert: a}\n"),
		       "yaml: unmarshal errors:\n"
		       "  line 2: field << not found in type web.TLSConfig (column 3)");
}

/* What a file may hold is bounded: bytes, depth, anchors, values. */
static void files_are_bounded(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text, 2 * YAML_BYTES_MAX);
	for (int i = 0; i <= YAML_DEPTH_MAX; i++)
		buf_put(&text, SLICE("["));
	assert_refused(buf_slice(&text), "yaml: line 1: nested too deeply (column 33)");
	buf_clear(&text);
	for (int i = 0; i <= YAML_ANCHORS_MAX; i++)
		buf_putf(&text, "- &a%d x\n", i);
	assert_refused(buf_slice(&text), "yaml: line 101: too many anchors (column 3)");
	buf_clear(&text);
	for (int i = 0; i < YAML_NODES_MAX; i++)
		buf_put(&text, SLICE("- x\n"));
	assert_refused(buf_slice(&text), "yaml: line 20000: too many values (column 3)");
	buf_clear(&text);
	while (text.len <= YAML_BYTES_MAX)
		buf_put(&text, SLICE("# a comment\n"));
	assert_refused(buf_slice(&text), "yaml: the file is over 1048576 bytes");
	buf_free(&text);
}

/* Bytes that are no text, and names with a NUL, are refused with a sentence. */
static void odd_bytes_are_refused(void **state)
{
	(void)state;
	assert_refused(SLICE("a: \xff\n"), "yaml: invalid leading UTF-8 octet (offset 3)");
	assert_refused(SLICE("tls_server_config:\n  cert_file: \"a\\0b\"\n"),
		       "a path with a NUL byte in it");
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* A file is what it holds now: the same policy while the text is the same, another one after a
 * change, none while it is broken. */
static void a_file_is_what_it_holds_now(void **state)
{
	char path[] = "/tmp/test_webconfig_XXXXXX";
	int fd = mkstemp(path);
	struct webconfig_file *f = webconfig_file_new(slice_of(path));
	struct http_policy_source source = webconfig_file_source(f);
	struct http_policy *first, *again, *changed;
	struct arena arena;
	struct err err = err_in(&arena);

	(void)state;
	arena_init(&arena, ARENA_BYTES_MAX);
	assert_true(fd >= 0);
	close(fd);
	write_file(path, "basic_auth_users: {u: h}\n");
	assert_int_equal(source.current(source.state, &first, &err), ERR_NONE);
	write_file(path, "basic_auth_users: {u: h}\n");
	assert_int_equal(source.current(source.state, &again, &err), ERR_NONE);
	assert_ptr_equal(first, again);
	write_file(path, "basic_auth_users: {u: i}\n"); /* of the same size, at once */
	assert_int_equal(source.current(source.state, &changed, &err), ERR_NONE);
	assert_text(changed->users[0].hash, SLICE("i"));
	assert_text(first->users[0].hash, SLICE("h"));
	write_file(path, "nosuch: 1\n");
	assert_int_not_equal(source.current(source.state, &again, &err), ERR_NONE);
	assert_int_equal(unlink(path), 0);
	assert_int_not_equal(source.current(source.state, &again, &err), ERR_NONE);
	assert_true(slice_ends(err.msg, SLICE(": no such file or directory")));
	http_policy_release(first);
	http_policy_release(first); /* `again` was another reference to it */
	http_policy_release(changed);
	webconfig_file_free(f);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_file_is_the_defaults),
		cmocka_unit_test(every_key_is_read),
		cmocka_unit_test(the_keys_of_our_own_are_read),
		cmocka_unit_test(roles_begin_with_their_key),
		cmocka_unit_test(mistakes_in_them_are_told),
		cmocka_unit_test(numbers_are_yaml_numbers),
		cmocka_unit_test(aliases_are_followed_but_not_in_circles),
		cmocka_unit_test(files_are_bounded),
		cmocka_unit_test(odd_bytes_are_refused),
		cmocka_unit_test(a_file_is_what_it_holds_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
