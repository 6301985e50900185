/* SPDX-License-Identifier: Apache-2.0
 *
 * table.h -- a hash table of pointers: open addressing, linear probing, no tombstones.
 *
 * The hash is kept beside the pointer, so a probe follows a pointer only when the hash is right.
 * Where a hash is looked for depends on a secret factor (multiply-shift, which is universal): keys
 * are chosen by clients, and no choice of theirs piles them up.
 * One thread at a time (the keeper). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table_slot {
	uint64_t hash;
	void *item; /* NULL: free */
};

struct table {
	struct table_slot *slots;
	size_t n, capacity; /* a power of two */
	uint64_t secret;    /* any number; set before the first item is added */
};

typedef bool table_eq_fn(const void *item, const void *key);

void table_free(struct table *t); /* the slots, not the items */
void *table_find(const struct table *t, uint64_t hash, table_eq_fn *eq, const void *key);

/* The slot where the search for a hash begins; the table must not be empty. */
static inline size_t table_home(const struct table *t, uint64_t hash)
{
	return (size_t)(hash * (t->secret | 1) >> (__builtin_clzll(t->capacity) + 1));
}

static inline void table_expect(const struct table *t, uint64_t hash)
{
	if (t->n > 0)
		__builtin_prefetch(&t->slots[table_home(t, hash)]);
}

/* The first item whose hash is that one; it may have another key. NULL: there is none. */
static inline void *table_guess(const struct table *t, uint64_t hash)
{
	size_t i;

	if (t->n == 0)
		return NULL;
	for (i = table_home(t, hash); t->slots[i].item != NULL; i = (i + 1) & (t->capacity - 1))
		if (t->slots[i].hash == hash)
			break;
	return t->slots[i].item;
}

/* The item must not be there yet. False: out of memory, nothing changed. */
bool table_add(struct table *t, uint64_t hash, void *item);
void table_remove(struct table *t, uint64_t hash, const void *item); /* it must be there */
