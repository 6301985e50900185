/* SPDX-License-Identifier: Apache-2.0
 *
 * table.h -- a hash table of pointers: open addressing, linear probing, no tombstones.
 *
 * The hash is kept beside the pointer, so a probe follows a pointer only when the hash is right.
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
};

typedef bool table_eq_fn(const void *item, const void *key);

void table_free(struct table *t); /* the slots, not the items */
void *table_find(const struct table *t, uint64_t hash, table_eq_fn *eq, const void *key);

static inline void table_expect(const struct table *t, uint64_t hash)
{
	if (t->n > 0)
		__builtin_prefetch(&t->slots[hash & (t->capacity - 1)]);
}

/* The item must not be there yet. False: out of memory, nothing changed. */
bool table_add(struct table *t, uint64_t hash, void *item);
void table_remove(struct table *t, uint64_t hash, const void *item); /* it must be there */
