/* SPDX-License-Identifier: Apache-2.0
 *
 * family_rest.h -- the unit of a family, in and out of what block_rest keeps. Pure; any thread. */
#pragma once

#include "base/arena.h"

/* Points into `rest`; empty where the family has none. */
struct slice family_rest_unit(struct slice rest);

/* The rest of a family with that unit and nothing else; an empty one for an empty unit. False when
 * the arena refuses. */
must_check bool family_rest_make(struct slice unit, struct arena *arena, struct slice *ret);
