/* SPDX-License-Identifier: Apache-2.0
 *
 * push_private.h -- between push.c (what a push is) and push_later.c (one that a helper reads).
 */
#pragma once

#include "app/app_private.h"

enum { PUSH_READ_BYTES_MAX = 256 * 1024 }; /* on a worker: about a millisecond */

/* What reads one push, on whichever thread. */
struct push_reader {
	const struct app_options *options;
	struct arena *arena; /* of this push */
	size_t bytes_max;    /* as sent or inflated: of more is said that it is too much here */
};

/* The body as a change; takes *stamp and sets it to NULL. NULL, and why, when it says nothing
 * sensible, or (ERR_BUSY) when it is too much for this reader; the stamp is the caller's still. */
struct change *push_read(const struct push_reader *reader, const struct http_request *r,
			 struct stamp **stamp, struct err *reterr);

/* The worker's thread. Has the change judged at the turn's end; NULL: there was no memory for it.
 */
void push_judge(struct worker *w, struct http_exchange *x, const struct http_request *r,
		struct change *c);
void push_answer_err(struct http_exchange *x, struct slice remote, const struct err *err);

/* Has a helper read the push; takes the stamp. */
void push_later(struct worker *w, struct http_exchange *x, struct stamp *stamp);
/* What helpers have read is waited for or answered. True: something was answered. */
bool push_later_collect(struct worker *w);
