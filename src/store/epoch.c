/* SPDX-License-Identifier: Apache-2.0 */
#include "store/epoch.h"

#include <malloc.h>
#include <stdlib.h>

#include "base/must.h"

void epoch_init(struct epoch *e)
{
	*e = (struct epoch){.now = 1};
}

/* Called when a change is already durable or a reader is gone: there is no one left to refuse, so
 * the end of memory is the end of the process; the ledger has it all. */
static void dead_list_add(struct epoch_dead_list *list, struct epoch_dead item)
{
	if (list->n == list->capacity) {
		list->capacity = list->capacity == 0 ? 64 : list->capacity * 2;
		list->items = reallocarray(list->items, list->capacity, sizeof(*list->items));
		assert(list->items != NULL);
	}
	list->items[list->n++] = item;
	list->bytes += item.bytes;
}

/* What a thing takes while it waits, its place in a list that has grown by doubling among it. */
static size_t bytes_of(void *thing)
{
	return malloc_usable_size(thing) + 2 * sizeof(struct epoch_dead);
}

void epoch_enter(struct epoch *e, struct epoch_mark *mark)
{
	*mark = (struct epoch_mark){.generation = e->now++, .older = e->newest};
	if (e->newest != NULL)
		e->newest->newer = mark;
	e->newest = mark;
}

void epoch_leave(struct epoch *e, struct epoch_mark *mark, struct epoch_dead_list *ret_unseen)
{
	struct epoch_mark *older = mark->older;

	assert(ret_unseen->n == 0 && ret_unseen->items == NULL);
	if (older != NULL)
		older->newer = mark->newer;
	if (mark->newer != NULL)
		mark->newer->older = older;
	else
		e->newest = older;
	if (older == NULL) {
		*ret_unseen = mark->dead;
		mark->dead = (struct epoch_dead_list){0};
		e->dead_bytes -= ret_unseen->bytes;
		return;
	}
	for (size_t i = 0; i < mark->dead.n; i++) {
		struct epoch_dead item = mark->dead.items[i];

		dead_list_add(item.born <= older->generation ? &older->dead : ret_unseen, item);
	}
	e->dead_bytes -= ret_unseen->bytes;
	free(mark->dead.items);
	mark->dead = (struct epoch_dead_list){0};
}

void epoch_retire(struct epoch *e, void *thing, uint64_t born, epoch_free_fn *free_thing)
{
	struct epoch_dead item = {.thing = thing, .free = free_thing, .born = born};

	if (!epoch_visible(e, born)) {
		free_thing(thing);
		return;
	}
	item.bytes = bytes_of(thing);
	dead_list_add(&e->newest->dead, item);
	e->dead_bytes += item.bytes;
}

void epoch_free_all(struct epoch_dead_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		list->items[i].free(list->items[i].thing);
	free(list->items);
	*list = (struct epoch_dead_list){0};
}
