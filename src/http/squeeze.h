/* SPDX-License-Identifier: Apache-2.0
 *
 * squeeze.h -- the stage between pieces of text and the connection that compresses them.
 *
 * A producer around a producer. A large piece becomes compressed bytes of its own, which are kept
 * where its text is kept, so that later answers only join them; neighbouring small pieces are
 * gathered and compressed together for each answer, for alone they would hardly shrink. A piece is
 * raw deflate of one gzip member, or a zstd frame. One thread at a time, but for the slots. */
#pragma once

#include <stdatomic.h>

#include "http/accept_encoding.h"

struct squeezed; /* compressed bytes; never change */

/* Where a text's compressed bytes are kept, beside it: each is made by the first answer that needs
 * it, then fixed. Any thread. All zero at the start. */
struct squeeze_slots {
	_Atomic(struct squeezed *) gzip, zstd;
};

void squeeze_slots_free(struct squeeze_slots *slots); /* when no reader is left */

struct squeeze_source {
	/* As http_producer's. `*ret_slots` may be set for a piece that outlives the answer, and is
	 * NULL before the call; text and slots then live until `release`. */
	enum http_piece (*next)(void *state, struct slice *ret_text,
				struct squeeze_slots **ret_slots);
	void (*release)(void *state);
	void *state;
};

/* Gives what the source gives in `coding`; CODING_IDENTITY: as it is. False: out of memory; the
 * source is the caller's still. Otherwise it is released with *ret. */
must_check bool squeeze_open(const struct squeeze_source *source, enum http_coding coding,
			     struct http_producer *ret);
