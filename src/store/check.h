/* SPDX-License-Identifier: Apache-2.0
 *
 * check.h -- would /metrics still be consistent after this push?
 *
 * The verdicts and sentences are the reference's (behaviour of client_golang's Gather), without its
 * cost: a push is judged by what it brings and by the few places where that could collide, never by
 * walking the store. Where the reference picks one of several sentences by chance, here it is
 * always the same one, and it blames the push. Pure. */
#pragma once

#include "store/change.h"
#include "store/index.h"

/* What can be said of a push without the store; on a worker. Faults go to the change. False when
 * the arena refuses. */
must_check bool check_push_alone(struct change *c, const struct stamped *families, uint32_t n,
				 bool timestamps, struct arena *arena);

/* The rest; on the keeper. Faults go to the change. */
void check_push(struct index *ix, struct change *c);

/* {job="x"} and {job="x",instance=""} would expose the same series. True when such a twin of the
 * group, which does not exist yet, is there. Only instance is implied, so there is only one. */
bool check_group_collides(struct index *ix, const struct stamp *stamp, bool *ret_no_memory);
