/* SPDX-License-Identifier: Apache-2.0
 *
 * regex.h -- regular expressions as Prometheus has them: RE2's, over the whole text, `.` matching a
 * line feed, too.
 *
 * Time to match is linear in the text whatever the expression, memory is bounded. Made on one
 * thread; matching is for any thread. */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct regex;

/* ERR_SYNTAX, and what is wrong with it. */
must_check enum err_code regex_new(struct slice pattern, struct regex **ret, struct err *reterr);
void regex_free(struct regex *r); /* takes NULL */

bool regex_matches(const struct regex *r, struct slice text);

/* The most that a match with a text of that length may cost: a unit is about 40 ns at worst, which
 * only hostile expressions come near to; usual ones take a fiftieth. */
uint64_t regex_cost(const struct regex *r, size_t text_bytes);
