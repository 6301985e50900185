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

enum { SQUEEZE_LARGE_BYTES = 4 * 1024 }; /* a smaller piece is gathered, and never kept */

struct squeezed; /* compressed bytes; never change */

/* Where a text's compressed bytes are kept, beside it: each is made by the first answer that needs
 * it, then fixed. Any thread. All zero at the start. */
struct squeeze_slots {
	_Atomic(struct squeezed *) gzip, zstd;
};

void squeeze_slots_free(struct squeeze_slots *slots); /* when no reader is left */

/* What is kept stays kept: then the text need not be made. */
bool squeeze_kept(struct squeeze_slots *slots, enum http_coding coding);

struct squeeze_source {
	/* As http_producer's. `*ret_slots` is NULL before the call and may be set; the slots then
	 * live until `release`, and a text whose compressed form they keep may be left empty. */
	enum http_piece (*next)(void *state, struct slice *ret_text,
				struct squeeze_slots **ret_slots);
	void (*release)(void *state);
	bool (*outlived)(void *state); /* as http_producer's */
	void *state;
};

/* Gives what the source gives in `coding`; CODING_IDENTITY: as it is. False: out of memory; the
 * source is the caller's still. Otherwise it is released with *ret. */
must_check bool squeeze_open(const struct squeeze_source *source, enum http_coding coding,
			     struct http_producer *ret);
