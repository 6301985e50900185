/* SPDX-License-Identifier: Apache-2.0 */
#include "http/policy.h"

#include <stdlib.h>

struct http_policy *http_policy_new(size_t bytes_max)
{
	struct http_policy *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->tls = (struct tls_settings){
		.cert = SLICE_EMPTY,
		.key = SLICE_EMPTY,
		.client_ca = SLICE_EMPTY,
		.cert_file = SLICE_EMPTY,
		.key_file = SLICE_EMPTY,
		.client_ca_file = SLICE_EMPTY,
		.client_auth = SLICE_EMPTY,
	};
	arena_init(&p->arena, bytes_max);
	atomic_init(&p->n_refs, 1);
	return p;
}

struct http_policy *http_policy_hold(struct http_policy *p)
{
	uint32_t before = atomic_fetch_add_explicit(&p->n_refs, 1, memory_order_relaxed);

	assert(before > 0);
	return p;
}

void http_policy_release(struct http_policy *p)
{
	if (p == NULL || atomic_fetch_sub_explicit(&p->n_refs, 1, memory_order_acq_rel) > 1)
		return;
	if (p->rights_free != NULL)
		p->rights_free(p->rights);
	arena_free(&p->arena);
	free(p);
}

bool http_policy_asks(const struct http_policy *p)
{
	return p->n_users > 0 || p->n_tokens > 0;
}

const struct http_user *http_policy_user(const struct http_policy *p, struct slice name)
{
	for (size_t i = 0; i < p->n_users; i++)
		if (slice_eq(p->users[i].who.name, name))
			return &p->users[i];
	return NULL;
}

static bool is_harmless(const struct http_request *r)
{
	return (r->method == HTTP_GET || r->method == HTTP_HEAD || r->method == HTTP_OPTIONS) &&
	       !r->body_comes;
}

static bool is_path(struct slice open, struct slice path)
{
	if (slice_ends(open, SLICE("*")))
		return slice_starts(path, (struct slice){open.ptr, open.len - 1});
	return slice_eq(path, open);
}

bool http_policy_is_open(const struct http_policy *p, const struct http_request *r)
{
	for (size_t i = 0; i < p->n_open_paths; i++)
		if (is_path(p->open_paths[i], r->path))
			return is_harmless(r);
	return false;
}

bool tls_settings_wanted(const struct tls_settings *t)
{
	return t->cert.len > 0 || t->key.len > 0 || t->client_ca.len > 0 || t->cert_file.len > 0 ||
	       t->key_file.len > 0 || t->client_ca_file.len > 0 || t->client_auth.len > 0;
}
