/* SPDX-License-Identifier: Apache-2.0
 *
 * helps.h -- a word in the log when the holders of a family do not agree about its help.
 *
 * The reference tells of it with every scrape; here the push that brought the other help does,
 * once. Keeper only. */
#pragma once

#include "store/index.h"

/* At the end of a batch that brought the family another help (f->came) than the one it is exposed
 * with, before that is set anew. */
void helps_report(const struct store_family *f, enum metric_type type);
