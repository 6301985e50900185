/* SPDX-License-Identifier: Apache-2.0
 *
 * helps.h -- a word in the log when the holders of a family do not agree about its help.
 *
 * The reference tells of it with every scrape; here the push that brought the other help does,
 * once. Keeper only. */
#pragma once

#include "store/index.h"

/* After a batch: did a help come up in it that is not the one that the others have, or not the one
 * of the family that is exposed beside the store? */
void helps_report(const struct store_family *f, enum metric_type type);
