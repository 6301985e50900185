/* SPDX-License-Identifier: Apache-2.0
 *
 * epoch.h -- which readers can see what, so that published things may be changed in place when
 * nobody looks, and are freed when the last reader who could see them has left.
 *
 * Time runs in generations. A reader takes a mark: it sees everything *born* in its generation or
 * before, and the clock moves on. A thing visible to some mark must be copied, not changed; when it
 * is replaced it is retired to the newest mark that sees it, and freed with the last one. Every
 * call is made under the store's mutex. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef void epoch_free_fn(void *thing);

struct epoch_dead {
	void *thing;
	epoch_free_fn *free;
	uint64_t born;
	size_t bytes;
};

struct epoch_dead_list {
	struct epoch_dead *items;
	size_t n, capacity;
	size_t bytes; /* of the things, and of this list */
};

/* A reader's position; part of a snapshot. */
struct epoch_mark {
	uint64_t generation;
	struct epoch_mark *older, *newer;
	struct epoch_dead_list dead; /* retired things of which this is the newest reader */
};

struct epoch {
	uint64_t now; /* things published now are born in this generation */
	struct epoch_mark *newest;
	size_t dead_bytes; /* of all that is retired and still seen */
};

void epoch_init(struct epoch *e);

/* True when a live mark sees what was born then. */
static inline bool epoch_visible(const struct epoch *e, uint64_t born)
{
	return e->newest != NULL && born <= e->newest->generation;
}

/* Starts a reader at the present; what is published later is born in a newer generation. */
void epoch_enter(struct epoch *e, struct epoch_mark *mark);

/* Ends it. What no reader sees any more is moved to `ret_unseen` (empty at call), to be freed with
 * epoch_free_all, outside the mutex. */
void epoch_leave(struct epoch *e, struct epoch_mark *mark, struct epoch_dead_list *ret_unseen);

/* `thing`, one allocation, has been replaced: freed at once, or when the last mark that sees it
 * leaves. */
void epoch_retire(struct epoch *e, void *thing, uint64_t born, epoch_free_fn *free);

void epoch_free_all(struct epoch_dead_list *list);
