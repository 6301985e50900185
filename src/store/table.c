/* SPDX-License-Identifier: Apache-2.0 */
#include "store/table.h"

#include <stdlib.h>

#include "base/must.h"

enum { FIRST_CAPACITY = 64 };

void table_free(struct table *t)
{
	free(t->slots);
	*t = (struct table){.secret = t->secret};
}

void *table_find(const struct table *t, uint64_t hash, table_eq_fn *eq, const void *key)
{
	if (t->n == 0)
		return NULL;
	for (size_t i = table_home(t, hash); t->slots[i].item != NULL;
	     i = (i + 1) & (t->capacity - 1))
		if (t->slots[i].hash == hash && eq(t->slots[i].item, key))
			return t->slots[i].item;
	return NULL;
}

static void put(struct table *t, struct table_slot slot)
{
	size_t i = table_home(t, slot.hash);

	while (t->slots[i].item != NULL)
		i = (i + 1) & (t->capacity - 1);
	t->slots[i] = slot;
}

static bool grow(struct table *t)
{
	struct table bigger = {.n = t->n,
			       .secret = t->secret,
			       .capacity = t->capacity == 0 ? FIRST_CAPACITY : t->capacity * 2};

	bigger.slots = calloc(bigger.capacity, sizeof(*bigger.slots));
	if (bigger.slots == NULL)
		return false;
	for (size_t i = 0; i < t->capacity; i++)
		if (t->slots[i].item != NULL)
			put(&bigger, t->slots[i]);
	free(t->slots);
	*t = bigger;
	return true;
}

bool table_add(struct table *t, uint64_t hash, void *item)
{
	if ((t->n + 1) * 4 > t->capacity * 3 && !grow(t))
		return false;
	put(t, (struct table_slot){hash, item});
	t->n++;
	return true;
}

void table_remove(struct table *t, uint64_t hash, const void *item)
{
	size_t mask = t->capacity - 1, hole = table_home(t, hash);

	while (t->slots[hole].item != item) {
		assert(t->slots[hole].item != NULL);
		hole = (hole + 1) & mask;
	}
	/* Close the gap: whatever would no longer be found across it moves into it. */
	for (size_t i = (hole + 1) & mask; t->slots[i].item != NULL; i = (i + 1) & mask) {
		size_t home = table_home(t, t->slots[i].hash);

		if (((i - home) & mask) >= ((i - hole) & mask)) {
			t->slots[hole] = t->slots[i];
			hole = i;
		}
	}
	t->slots[hole] = (struct table_slot){0};
	t->n--;
}
