/* SPDX-License-Identifier: Apache-2.0
 *
 * check_snapshot.h -- is everything that is stored consistent?
 *
 * With the check on it always is. Unchecked pushes can make it inconsistent; then a scrape is
 * refused with these faults, in the reference's words, until they are gone. Costs a walk over all
 * series; the verdict is kept with the snapshot. Any thread. */
#pragma once

#include "store/fault.h"
#include "store/store.h"

/* `arena` is for the text of faults. False when it refuses: the faults are not complete then. */
must_check bool check_snapshot(const struct snapshot *snap, struct arena *arena,
			       struct faults *ret_faults);
