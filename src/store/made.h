/* SPDX-License-Identifier: Apache-2.0
 *
 * made.h -- what a reader made of a leaf and left with it, as the store sees it: something
 * that knows how it ends. The first member of the reader's struct. */
#pragma once

struct made {
	void (*drop)(struct made *made); /* when no reader can reach it any more; frees it */
};

static inline void made_drop(void *thing)
{
	struct made *made = thing;

	if (made != NULL)
		made->drop(made);
}
