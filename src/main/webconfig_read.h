/* SPDX-License-Identifier: Apache-2.0
 *
 * webconfig_read.h -- the nodes of a web config file as values. Private to webconfig*.c.
 *
 * The schema is a few tables of keys, each with the function that reads its value. A problem of
 * form is noted with its place, and the reading goes on (ERR_NONE); anything else ends it, with
 * its sentence in the reader's err. */
#pragma once

#include "base/buf.h"
#include "http/policy.h"
#include "main/yaml.h"

struct webconfig_reader {
	struct http_policy *policy;
	struct arena *arena; /* the policy's */
	struct slice folder;
	struct buf problems; /* each "\n  line 1: ... (column 1)" */
	struct err *err;

	/* The policy's, while they can still be written to. */
	struct http_user *users;
	struct http_token *tokens;
	/* Read when all users are known; NULL: not there. */
	const struct yaml_node *roles, *push_groups;
};

typedef enum err_code webconfig_read_fn(struct webconfig_reader *r, const struct yaml_node *value);

struct webconfig_field {
	struct slice key;
	webconfig_read_fn *read;
};

#define WEBCONFIG_FIELDS(table) table, sizeof(table) / sizeof((table)[0])

enum err_code webconfig_no_memory(struct webconfig_reader *r);

/* "line 7: " and " (column 3)" around a problem. */
void webconfig_problem_begin(struct webconfig_reader *r, const struct yaml_node *at);
void webconfig_problem_end(struct webconfig_reader *r, const struct yaml_node *at);
enum err_code webconfig_mismatch(struct webconfig_reader *r, const struct yaml_node *at,
				 const char *wanted);

enum webconfig_scalar_type { SCALAR_STR, SCALAR_BOOL, SCALAR_INT, SCALAR_FLOAT };

/* What a scalar without quotes is in YAML 1.1. */
struct webconfig_scalar {
	enum webconfig_scalar_type type;
	bool truth;
	int64_t integer; /* a float's too, towards zero */
};

struct webconfig_scalar webconfig_resolve(const struct yaml_node *n);
bool webconfig_is_one_of(struct slice text, const char *const *words); /* a NULL ends them */

/* A value that is left out leaves what it is for as it was. */
bool webconfig_is_absent(const struct yaml_node *value);
enum err_code webconfig_text(struct webconfig_reader *r, const struct yaml_node *value,
			     struct slice *ret);
enum err_code webconfig_bool(struct webconfig_reader *r, const struct yaml_node *value, bool *ret);
/* Relative to the file's folder. */
enum err_code webconfig_path(struct webconfig_reader *r, const struct yaml_node *value,
			     struct slice *ret);

/* The items of a list as an array of texts. */
enum err_code webconfig_list(struct webconfig_reader *r, const struct yaml_node *value,
			     const char *type, const struct slice **ret, size_t *ret_n);

/* A mapping with known keys. */
enum err_code webconfig_fields(struct webconfig_reader *r, const struct yaml_node *value,
			       const char *type, const struct webconfig_field *fields,
			       size_t n_fields);
/* A mapping with any keys: notes those that are there twice. */
void webconfig_keys_check(struct webconfig_reader *r, const struct yaml_node *mapping);
size_t webconfig_count(const struct yaml_node *collection);
