/* SPDX-License-Identifier: Apache-2.0 */
#include "store/epoch.h"

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
		return;
	}
	for (size_t i = 0; i < mark->dead.n; i++) {
		struct epoch_dead item = mark->dead.items[i];

		dead_list_add(item.born <= older->generation ? &older->dead : ret_unseen, item);
	}
	free(mark->dead.items);
	mark->dead = (struct epoch_dead_list){0};
}

void epoch_retire(struct epoch *e, void *thing, uint64_t born, epoch_free_fn *free_thing)
{
	if (epoch_visible(e, born))
		dead_list_add(
			&e->newest->dead,
			(struct epoch_dead){.thing = thing, .free = free_thing, .born = born});
	else
		free_thing(thing);
}

void epoch_free_all(struct epoch_dead_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		list->items[i].free(list->items[i].thing);
	free(list->items);
	*list = (struct epoch_dead_list){0};
}
