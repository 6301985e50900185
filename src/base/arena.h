/* SPDX-License-Identifier: Apache-2.0
 *
 * arena.h -- a bounded bump allocator: what is made for one request lives here and dies together.
 *
 * One thread at a time. Nothing is freed singly. The ceiling `bytes_max` counts what was asked of
 * malloc, so it bounds a request's memory whatever the request says; at the ceiling, or when malloc
 * fails, every allocation returns NULL and the caller answers ERR_TOO_BIG or ERR_NOMEM. Unused
 * memory is poisoned under ASan, so an overrun inside the arena is seen. */
#pragma once

#include <stddef.h>

#include "base/must.h"
#include "base/slice.h"

struct arena_chunk;

struct arena {
	struct arena_chunk *head; /* newest */
	size_t bytes_used;        /* asked of malloc so far */
	size_t bytes_max;
	bool is_full; /* something was refused since the last reset */
};

/* No memory is taken before the first allocation. */
void arena_init(struct arena *a, size_t bytes_max);

/* Zeroed, aligned for any type; size 0 gives a pointer that must not be followed. */
must_check void *arena_alloc(struct arena *a, size_t bytes);

/* Not zeroed, aligned to one byte: for text. */
must_check char *arena_text(struct arena *a, size_t bytes);

/* n of `size` bytes each; an overflow of the product is NULL like any other refusal. */
must_check void *arena_array(struct arena *a, size_t n, size_t size);

/* Copies bytes; false at the ceiling. */
must_check bool arena_copy(struct arena *a, struct slice s, struct slice *ret);

/* The same with a NUL behind them, for who wants it so; NULL at the ceiling. */
must_check char *arena_string(struct arena *a, struct slice s);

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_new_array(a, type, n) ((type *)arena_array((a), (n), sizeof(type)))

void arena_reset(struct arena *a); /* keeps one small chunk for the next request */
void arena_free(struct arena *a);  /* gives all back; the arena may be used again */
