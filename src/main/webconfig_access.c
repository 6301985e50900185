/* SPDX-License-Identifier: Apache-2.0 */
#include "main/webconfig_access.h"

#include "app/access.h"
#include "base/quote.h"

enum { SENTENCE_BYTES_MAX = 1 << 16 };

static void problem(struct webconfig_reader *r, const struct yaml_node *at, const char *before,
		    struct slice quoted, const char *behind)
{
	webconfig_problem_begin(r, at);
	buf_put(&r->problems, slice_of(before));
	quote_string(&r->problems, quoted);
	buf_put(&r->problems, slice_of(behind));
	webconfig_problem_end(r, at);
}

static struct slice key_of(const struct yaml_node *value)
{
	return yaml_meant(value->key)->text;
}

/* A mapping from names, or nothing. False: it is something else, which has been noted. */
static bool is_mapping(struct webconfig_reader *r, const struct yaml_node *value, const char *type,
		       const struct yaml_node **ret_first)
{
	const struct yaml_node *mapping = yaml_meant(value);

	*ret_first = mapping->first;
	if (mapping->kind == YAML_MAPPING)
		webconfig_keys_check(r, mapping);
	else if (mapping->kind != YAML_NULL)
		(void)webconfig_mismatch(r, value, type);
	return mapping->kind == YAML_MAPPING || mapping->kind == YAML_NULL;
}

/* One text or a list of them. What is neither has been noted and is left out. */
struct texts {
	const struct yaml_node **nodes;
	struct slice *texts;
	size_t n;
};

static enum err_code texts_read(struct webconfig_reader *r, const struct yaml_node *value,
				struct texts *ret)
{
	const struct yaml_node *list = yaml_meant(value);
	bool is_list = list->kind == YAML_SEQUENCE;
	size_t n = is_list ? webconfig_count(list) : 1;
	const struct yaml_node *item = is_list ? list->first : value;

	*ret = (struct texts){.nodes = arena_new_array(r->arena, const struct yaml_node *, n),
			      .texts = arena_new_array(r->arena, struct slice, n)};
	if (ret->nodes == NULL || ret->texts == NULL)
		return webconfig_no_memory(r);
	for (; item != NULL; item = is_list ? item->next : NULL) {
		const struct yaml_node *meant = yaml_meant(item);

		if (meant->kind == YAML_SCALAR) {
			ret->nodes[ret->n] = item;
			ret->texts[ret->n++] = meant->text;
		} else if (meant->kind != YAML_NULL) {
			(void)webconfig_mismatch(r, item, "string");
		}
	}
	return ERR_NONE;
}

/* --- bearer_tokens -----------------------------------------------------------------------------
 */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool digest_read(struct slice text, unsigned char ret[HTTP_TOKEN_DIGEST_BYTES])
{
	if (text.len != (size_t)2 * HTTP_TOKEN_DIGEST_BYTES)
		return false;
	for (size_t i = 0; i < HTTP_TOKEN_DIGEST_BYTES; i++) {
		int high = hex_digit(text.ptr[2 * i]), low = hex_digit(text.ptr[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

/* The same token for two users would be a user by chance. */
static bool is_known(const struct webconfig_reader *r, size_t n, const struct http_token *token)
{
	for (size_t i = 0; i < n; i++)
		if (memcmp(r->tokens[i].sha256, token->sha256, sizeof(token->sha256)) == 0)
			return true;
	return false;
}

/* The text is not shown: who is mistaken here may have written the token itself. */
static void tokens_add(struct webconfig_reader *r, struct slice name, const struct texts *digests)
{
	for (size_t i = 0; i < digests->n; i++) {
		struct http_token *token = &r->tokens[r->policy->n_tokens];

		token->who.name = name;
		if (!digest_read(digests->texts[i], token->sha256))
			problem(r, digests->nodes[i], "a token of user ", name,
				" is not the SHA-256 of one: 64 hexadecimal digits");
		else if (is_known(r, r->policy->n_tokens, token))
			problem(r, digests->nodes[i], "a token of user ", name, " is there twice");
		else
			r->policy->n_tokens++;
	}
}

static size_t count_tokens(const struct yaml_node *first)
{
	size_t n = 0;

	for (const struct yaml_node *user = first; user != NULL; user = user->next) {
		const struct yaml_node *value = yaml_meant(user);

		n += value->kind == YAML_SEQUENCE ? webconfig_count(value) : 1;
	}
	return n;
}

enum err_code webconfig_tokens(struct webconfig_reader *r, const struct yaml_node *value)
{
	const struct yaml_node *first;

	if (!is_mapping(r, value, "map[string][]string", &first))
		return ERR_NONE;
	r->tokens = arena_new_array(r->arena, struct http_token, count_tokens(first));
	if (r->tokens == NULL)
		return webconfig_no_memory(r);
	r->policy->tokens = r->tokens;
	for (const struct yaml_node *user = first; user != NULL; user = user->next) {
		struct texts digests;
		enum err_code code = texts_read(r, user, &digests);

		if (code != ERR_NONE)
			return code;
		tokens_add(r, key_of(user), &digests);
	}
	return ERR_NONE;
}

/* --- open_paths --------------------------------------------------------------------------------
 */

static bool is_open_path(struct slice path)
{
	const char *star = path.len == 0 ? NULL : memchr(path.ptr, '*', path.len);

	return slice_starts(path, SLICE("/")) &&
	       (star == NULL || (slice_ends(path, SLICE("/*")) && star == path.ptr + path.len - 1));
}

enum err_code webconfig_open_paths(struct webconfig_reader *r, const struct yaml_node *value)
{
	struct texts paths;
	enum err_code code = texts_read(r, value, &paths);

	if (code != ERR_NONE)
		return code;
	for (size_t i = 0; i < paths.n; i++)
		if (!is_open_path(paths.texts[i]))
			problem(r, paths.nodes[i], "the path ", paths.texts[i],
				" does not begin with a slash, or a star stands elsewhere than "
				"behind its last slash");
	r->policy->open_paths = paths.texts;
	r->policy->n_open_paths = paths.n;
	return ERR_NONE;
}

/* --- roles, push_groups ------------------------------------------------------------------------
 */

enum err_code webconfig_roles(struct webconfig_reader *r, const struct yaml_node *value)
{
	r->roles = value;
	return ERR_NONE;
}

enum err_code webconfig_push_groups(struct webconfig_reader *r, const struct yaml_node *value)
{
	r->push_groups = value;
	return ERR_NONE;
}

static bool is_user(const struct webconfig_reader *r, struct slice name)
{
	if (http_policy_user(r->policy, name) != NULL)
		return true;
	for (size_t i = 0; i < r->policy->n_tokens; i++)
		if (slice_eq(r->policy->tokens[i].who.name, name))
			return true;
	return false;
}

/* NULL: there is none, or the value is no mapping, which has been noted. */
static const struct yaml_node *entry_of(const struct yaml_node *mapping, struct slice name)
{
	if (mapping == NULL || yaml_meant(mapping)->kind != YAML_MAPPING)
		return NULL;
	for (const struct yaml_node *n = yaml_meant(mapping)->first; n != NULL; n = n->next)
		if (slice_eq(key_of(n), name))
			return n;
	return NULL;
}

/* Bits of 1 << role; none for who is not there. What is wrong has been noted before (`note` is
 * false) or is noted now. */
static enum err_code roles_read(struct webconfig_reader *r, const struct yaml_node *entry,
				bool note, uint32_t *ret)
{
	struct texts names = {0};
	enum err_code code = entry == NULL ? ERR_NONE : texts_read(r, entry, &names);
	enum role role;

	*ret = 0;
	if (code != ERR_NONE)
		return code;
	for (size_t i = 0; i < names.n; i++) {
		if (role_find(names.texts[i], &role))
			*ret |= 1u << role;
		else if (note)
			problem(r, names.nodes[i], "unknown role ", names.texts[i],
				": there are admin, push, read and scrape");
	}
	return ERR_NONE;
}

static enum err_code roles_check(struct webconfig_reader *r)
{
	const struct yaml_node *first;
	uint32_t unused;

	if (!is_mapping(r, r->roles, "map[string][]string", &first))
		return ERR_NONE;
	if (!http_policy_asks(r->policy)) {
		webconfig_problem_begin(r, r->roles);
		buf_put(&r->problems,
			SLICE("roles without users: there are no basic_auth_users and no "
			      "bearer_tokens"));
		webconfig_problem_end(r, r->roles);
		return ERR_NONE;
	}
	for (const struct yaml_node *n = first; n != NULL; n = n->next) {
		enum err_code code = roles_read(r, n, true, &unused);

		if (code != ERR_NONE)
			return code;
		if (!is_user(r, key_of(n)))
			problem(r, n->key, "user ", key_of(n),
				" is neither in basic_auth_users nor in bearer_tokens");
	}
	return ERR_NONE;
}

/* Only who has the role can be limited in it. */
static enum err_code push_groups_check(struct webconfig_reader *r)
{
	const struct yaml_node *first;

	if (!is_mapping(r, r->push_groups, "map[string][]string", &first))
		return ERR_NONE;
	for (const struct yaml_node *n = first; n != NULL; n = n->next) {
		const struct yaml_node *entry = entry_of(r->roles, key_of(n));
		uint32_t roles;
		enum err_code code = roles_read(r, entry, false, &roles);

		if (code != ERR_NONE)
			return code;
		if (entry == NULL)
			problem(r, n->key, "user ", key_of(n), " is not in roles");
		else if (roles & 1u << ROLE_ADMIN)
			problem(r, n->key, "user ", key_of(n),
				" has the role admin, which may change every group");
		else if (!(roles & 1u << ROLE_PUSH))
			problem(r, n->key, "user ", key_of(n), " does not have the role push");
	}
	return ERR_NONE;
}

/* A selector at fault is a problem like others; the user has no rights then. */
static enum err_code rights_add(struct webconfig_reader *r, const struct yaml_node *groups,
				const struct rights_wanted *wanted, struct http_identity *who)
{
	struct arena sentence;
	struct err why = err_in(&sentence);
	const struct rights *rights = NULL;
	enum err_code code;

	arena_init(&sentence, SENTENCE_BYTES_MAX);
	code = access_add(r->policy->rights, wanted, &rights, &why);
	if (code == ERR_SYNTAX) {
		webconfig_problem_begin(r, groups);
		buf_put(&r->problems, why.msg);
		webconfig_problem_end(r, groups);
		code = ERR_NONE;
	} else if (code != ERR_NONE) {
		code = webconfig_no_memory(r);
	}
	who->rights = rights;
	arena_free(&sentence);
	return code;
}

static enum err_code rights_make(struct webconfig_reader *r, struct http_identity *who)
{
	const struct yaml_node *groups = entry_of(r->push_groups, who->name);
	struct texts selectors = {0};
	struct rights_wanted wanted = {.limited = groups != NULL};
	enum err_code code = roles_read(r, entry_of(r->roles, who->name), false, &wanted.roles);

	if (code == ERR_NONE && groups != NULL)
		code = texts_read(r, groups, &selectors);
	if (code != ERR_NONE)
		return code;
	wanted.push_groups = selectors.texts;
	wanted.n_push_groups = selectors.n;
	return rights_add(r, groups, &wanted, who);
}

enum err_code webconfig_access(struct webconfig_reader *r)
{
	struct http_policy *p = r->policy;
	enum err_code code = r->roles == NULL ? ERR_NONE : roles_check(r);

	if (code == ERR_NONE && r->push_groups != NULL)
		code = push_groups_check(r);
	/* Whatever is wrong by now, there will be no policy; without roles everybody has all. */
	if (code != ERR_NONE || r->problems.len > 0 || r->roles == NULL)
		return code;
	p->rights = access_new();
	p->rights_free = access_free;
	if (p->rights == NULL)
		return webconfig_no_memory(r);
	for (size_t i = 0; i < p->n_users && code == ERR_NONE; i++)
		code = rights_make(r, &r->users[i].who);
	for (size_t i = 0; i < p->n_tokens && code == ERR_NONE; i++)
		code = rights_make(r, &r->tokens[i].who);
	return code;
}
