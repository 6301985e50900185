/* SPDX-License-Identifier: Apache-2.0
 *
 * Any file gives a policy or one sentence. What a policy says came through the schema, and the same
 * bytes say the same again. */
#include "http/tls_names.h"
#include "main/webconfig.h"

enum { SENTENCE_BYTES_MAX = 1 << 20 };

static void check_headers(const struct http_policy *p)
{
	assert(p->n_headers <= HTTP_POLICY_HEADERS_MAX);
	for (size_t i = 0; i < p->n_headers; i++) {
		assert(i == 0 || slice_compare(p->headers[i - 1].name, p->headers[i].name) < 0);
		for (size_t k = 0; k < p->headers[i].value.len; k++)
			assert((unsigned char)p->headers[i].value.ptr[k] >= ' ');
	}
}

static void check_path(struct slice path)
{
	assert(path.len == 0 || path.ptr[0] == '/' || slice_starts(path, SLICE("folder/")));
}

static void check(const struct http_policy *p)
{
	check_headers(p);
	check_path(p->tls.cert_file);
	check_path(p->tls.key_file);
	check_path(p->tls.client_ca_file);
	assert(p->tls.version_min >= 0x0301 && p->tls.version_min <= 0x0304);
	assert(p->tls.version_max >= 0x0301 && p->tls.version_max <= 0x0304);
	for (size_t i = 0; i < p->n_users; i++) /* no name twice */
		for (size_t k = 0; k < i; k++)
			assert(!slice_eq(p->users[i].who.name, p->users[k].who.name));
}

static bool has_rights(const struct http_identity *who)
{
	return who->rights != NULL;
}

/* Paths begin with a slash; either everybody has rights or nobody. */
static void check_access(const struct http_policy *p)
{
	for (size_t i = 0; i < p->n_open_paths; i++)
		assert(slice_starts(p->open_paths[i], SLICE("/")));
	for (size_t i = 0; i < p->n_users; i++)
		assert(has_rights(&p->users[i].who) == (p->rights != NULL));
	for (size_t i = 0; i < p->n_tokens; i++)
		assert(has_rights(&p->tokens[i].who) == (p->rights != NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = {(const char *)data, size};
	struct http_policy *first = NULL, *second = NULL;
	struct arena arena;
	struct err err = err_in(&arena), again = err_in(&arena);

	arena_init(&arena, SENTENCE_BYTES_MAX);
	if (webconfig_parse(text, SLICE("folder"), &first, &err) == ERR_NONE) {
		check(first);
		check_access(first);
		assert(webconfig_parse(text, SLICE("folder"), &second, &again) == ERR_NONE);
		assert(first->n_users == second->n_users);
		assert(first->n_tokens == second->n_tokens);
		assert(first->tls.ciphers == second->tls.ciphers);
		assert(first->rate_interval_ns == second->rate_interval_ns);
	} else {
		assert(err.msg.len > 0 && first == NULL);
		assert(webconfig_parse(text, SLICE("folder"), &second, &again) == err.code);
		assert(slice_eq(err.msg, again.msg));
	}
	http_policy_release(first);
	http_policy_release(second);
	arena_free(&arena);
	return 0;
}
