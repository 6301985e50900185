/* SPDX-License-Identifier: Apache-2.0
 *
 * access.h -- who may do what: roles, the rights of a user, and the answer to those who have not
 * got them.
 *
 * Rights are made by whoever reads the configuration, on one thread, and then only read, by any
 * thread. A request without an identity was asked for none, and an identity without rights has all
 * of them: without roles in the configuration everything is as it is in the reference. */
#pragma once

#include "base/err.h"
#include "http/http.h"
#include "metric/labels.h"

/* What a route may ask for. In the order of their names, with which `role` labels are exposed. */
#define ROLE_TABLE(X)                                                                              \
	X(ROLE_ADMIN, "admin")   /* everything */                                                  \
	X(ROLE_PUSH, "push")     /* changes and deletions of single groups */                      \
	X(ROLE_READ, "read")     /* the page and the API's questions */                            \
	X(ROLE_SCRAPE, "scrape") /* the telemetry path */

enum role {
	ROLE_ANY, /* no role is needed */
#define X(role, name) role,
	ROLE_TABLE(X)
#undef X
		ROLES,
};

bool role_find(struct slice name, enum role *ret);
struct slice role_name(enum role role); /* empty for ROLE_ANY */

/* The rights of all users, as one thing to be freed. */
struct access;
struct rights;

struct access *access_new(void); /* NULL: out of memory */
void access_free(void *access);  /* takes NULL */

/* One user's: bits of 1 << role. With `limited`, groups may be changed only if one of these
 * selectors takes them (none takes no group). ERR_SYNTAX with a sentence on the selector at fault,
 * or ERR_NOMEM. */
struct rights_wanted {
	uint32_t roles;
	bool limited;
	const struct slice *push_groups;
	size_t n_push_groups;
};
must_check enum err_code access_add(struct access *a, const struct rights_wanted *wanted,
				    const struct rights **ret, struct err *reterr);

/* May its sender do what asks for that role? ERR_FORBIDDEN and a sentence if not. */
must_check enum err_code access_judge(const struct http_request *r, enum role role,
				      struct err *reterr);

/* The same for changing one group, by who has the role for it. */
must_check enum err_code access_judge_group(const struct http_request *r, struct labels grouping,
					    struct err *reterr);
