/* SPDX-License-Identifier: Apache-2.0
 *
 * regex.h -- regular expressions as Prometheus has them: RE2's, over the whole text, `.` matching a
 * line feed, too.
 *
 * Time to match is linear in the text whatever the expression, memory is bounded. Made on one
 * thread; matching is for any thread. */
#pragma once

#include "base/err.h"

struct regex;

/* ERR_SYNTAX, and what is wrong with it. */
must_check enum err_code regex_new(struct slice pattern, struct regex **ret, struct err *reterr);
void regex_free(struct regex *r); /* takes NULL */

bool regex_matches(const struct regex *r, struct slice text);
