/* SPDX-License-Identifier: Apache-2.0
 *
 * params.h -- the query of a URL as names and values. Pure; any thread.
 *
 * Every reader of a parameter names it; what nobody named is refused in the end, so that a slip of
 * the pen (dryrun=true) is not taken for the lack of a parameter. */
#pragma once

#include "base/err.h"

enum { PARAMS_MAX = 100 };

struct param {
	struct slice name, value;
	bool known;
};

struct params {
	struct param items[PARAMS_MAX];
	size_t n;
};

/* Decodes as a form: %XX and `+`. Slices point into the query or the arena. */
must_check enum err_code params_parse(struct slice query, struct arena *arena, struct params *ret,
				      struct err *reterr);

/* The value of the one parameter of that name; false when there is none. More than one is an error,
 * set in `err`: readers may go on and look at it once, at the end. */
bool params_text(struct params *p, struct slice name, struct slice *ret, struct err *err);
bool params_bool(struct params *p, struct slice name, bool *ret, struct err *err);
bool params_number(struct params *p, struct slice name, double *ret, struct err *err);
bool params_count(struct params *p, struct slice name, int64_t min, int64_t max, int64_t *ret,
		  struct err *err);

/* All values of that name, in order; at most `n_max` are written, the number there are is returned.
 */
size_t params_all(struct params *p, struct slice name, struct slice *ret, size_t n_max);

/* After all readers: an error when there is a parameter that none named. */
must_check enum err_code params_end(const struct params *p, struct err *err);
