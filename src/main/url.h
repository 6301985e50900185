/* SPDX-License-Identifier: Apache-2.0
 *
 * url.h -- a URL, as Go's net/url takes it apart: what it accepts, and how it says what it does
 * not. Pure; any thread. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"

struct url {
	struct slice path; /* percent-decoded; empty for an opaque URL (mailto:x) */
	struct slice text; /* the whole URL, escaped where it must be */
};

/* Both slices live in the arena. On false, `reterr` says why, or could not be written because the
 * arena or the buffer is full. */
must_check bool url_parse(struct slice text, struct arena *arena, struct url *ret,
			  struct buf *reterr);
