/* SPDX-License-Identifier: Apache-2.0 */
#include "app/access.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/quote.h"
#include "format/selector.h"

enum { SENTENCE_BYTES_MAX = 4096, SHOWN_BYTES_MAX = 256 };

struct rights {
	struct rights *next;
	uint32_t roles;
	bool limited;
	struct selectors *push_groups; /* when limited */
};

struct access {
	struct rights *first;
};

static const struct slice names[ROLES] = {[ROLE_ANY] = SLICE_TEXT(""),
#define X(role, name) [role] = SLICE_TEXT(name),
					  ROLE_TABLE(X)
#undef X
};

bool role_find(struct slice name, enum role *ret)
{
	for (enum role role = ROLE_ANY + 1; role < ROLES; role++) {
		if (slice_eq(names[role], name)) {
			*ret = role;
			return true;
		}
	}
	return false;
}

struct slice role_name(enum role role)
{
	assert(role < ROLES);
	return names[role];
}

struct access *access_new(void)
{
	return calloc(1, sizeof(struct access));
}

void access_free(void *access)
{
	struct access *a = access;

	if (a == NULL)
		return;
	for (struct rights *rights = a->first, *next; rights != NULL; rights = next) {
		next = rights->next;
		(void)selectors_free(rights->push_groups);
		free(rights);
	}
	free(a);
}

enum err_code access_add(struct access *a, const struct rights_wanted *wanted,
			 const struct rights **ret, struct err *reterr)
{
	struct rights *rights = calloc(1, sizeof(*rights));

	if (rights == NULL)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	rights->roles = wanted->roles;
	rights->limited = wanted->limited;
	if (wanted->limited && selectors_parse(wanted->push_groups, wanted->n_push_groups,
					       &rights->push_groups, reterr) != ERR_NONE) {
		free(rights);
		return reterr->code;
	}
	rights->next = a->first;
	a->first = rights;
	*ret = rights;
	return ERR_NONE;
}

/* NULL: all of them. */
static const struct rights *rights_of(const struct http_request *r)
{
	return r->identity == NULL ? NULL : r->identity->rights;
}

static bool has(const struct rights *rights, enum role role)
{
	return (rights->roles & 1u << role) != 0;
}

static void put_shown(struct buf *out, struct slice text)
{
	bool cut = text.len > SHOWN_BYTES_MAX;

	quote_string(out, cut ? (struct slice){text.ptr, SHOWN_BYTES_MAX} : text);
	if (cut)
		buf_put(out, SLICE("..."));
}

static void sentence_begin(struct buf *out, const struct http_request *r)
{
	buf_init(out, SENTENCE_BYTES_MAX);
	buf_put(out, SLICE("user "));
	put_shown(out, r->identity->name);
}

static enum err_code sentence_end(struct buf *sentence, struct err *reterr)
{
	enum err_code code = err_set(reterr, ERR_FORBIDDEN,
				     buf_ok(sentence) ? buf_slice(sentence) : SLICE("forbidden"));

	buf_free(sentence);
	return code;
}

enum err_code access_judge(const struct http_request *r, enum role role, struct err *reterr)
{
	const struct rights *rights = rights_of(r);
	struct buf sentence;

	if (role == ROLE_ANY || rights == NULL || has(rights, role) || has(rights, ROLE_ADMIN))
		return ERR_NONE;
	sentence_begin(&sentence, r);
	buf_put(&sentence, SLICE(" may not do this: the role "));
	quote_string(&sentence, names[role]);
	buf_put(&sentence, SLICE(" is needed"));
	return sentence_end(&sentence, reterr);
}

static void put_group(struct buf *out, struct labels grouping)
{
	struct slice rest = grouping.bytes;
	struct label label;
	char before = '{';

	while (out->len < SENTENCE_BYTES_MAX / 4 && labels_next(&rest, &label)) {
		buf_put_byte(out, before);
		if (label.name.len <= SHOWN_BYTES_MAX && label_name_valid(label.name, NAME_LEGACY))
			buf_put(out, label.name);
		else
			put_shown(out, label.name);
		buf_put_byte(out, '=');
		put_shown(out, label.value);
		before = ',';
	}
	buf_put(out, rest.len > 0 ? SLICE(",...}") : SLICE("}"));
}

enum err_code access_judge_group(const struct http_request *r, struct labels grouping,
				 struct err *reterr)
{
	const struct rights *rights = rights_of(r);
	struct selector_budget budget = selector_budget();
	struct buf sentence;

	if (rights == NULL || !rights->limited ||
	    selectors_match(rights->push_groups, grouping, &budget))
		return ERR_NONE;
	sentence_begin(&sentence, r);
	buf_put(&sentence, SLICE(" may not change the group "));
	put_group(&sentence, grouping);
	buf_put(&sentence, SLICE(": it is none of the user's push_groups"));
	return sentence_end(&sentence, reterr);
}
