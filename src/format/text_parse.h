/* SPDX-License-Identifier: Apache-2.0
 *
 * text_parse.h -- text exposition format 0.0.4 into metric families.
 *
 * Accepts what the reference's parser accepts and refuses what it refuses, with its sentence:
 * "text format parsing error in line N: ...". Pure; any thread. */
#pragma once

#include "base/err.h"
#include "metric/family.h"

/* The whole body at once: a push is all or nothing. Slices in `*ret` point into `body` or into
 * `arena`. Families without samples are left out. ERR_SYNTAX: the reference's sentence.
 * ERR_TOO_BIG: over one of `limits`, which the sentence names, or over the arena's ceiling. `*ret`
 * is written on ERR_NONE only. */
must_check enum err_code text_parse(struct slice body, enum name_scheme scheme,
				    const struct push_limits *limits, struct arena *arena,
				    struct family_list *ret, struct err *reterr);
