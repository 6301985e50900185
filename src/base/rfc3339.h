/* SPDX-License-Identifier: Apache-2.0
 *
 * rfc3339.h -- times as Go's JSON has them: in the machine's time zone, nanoseconds without zeros
 * at the end, `Z` where the zone is UTC. One thread per struct. */
#pragma once

#include <stdint.h>

#include "base/buf.h"

/* Remembers the last second written: many times in a row are of the same one. Starts as {0}. */
struct rfc3339 {
	int64_t second;
	size_t len, zone_at; /* 0: nothing is remembered */
	char text[64];       /* up to the second, then the zone */
};

/* Any time that nanoseconds can say: years 1677 to 2262. */
void rfc3339_put(struct rfc3339 *r, struct buf *out, int64_t unix_ns);
