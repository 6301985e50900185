/* SPDX-License-Identifier: Apache-2.0
 *
 * bearer.h -- a token in an Authorization header (RFC 6750), and whose it is. Pure; any thread. */
#pragma once

#include "http/policy.h"

/* "Bearer " in any case, then letters, digits and -._~+/ and any number of = behind them. False for
 * anything else. The result points into `value`. */
must_check bool bearer_read(struct slice value, struct slice *ret_token);

/* Only digests are compared, each of them wholly, so that time tells nothing. NULL: nobody's. */
const struct http_token *bearer_owner(const struct http_policy *policy, struct slice token);
