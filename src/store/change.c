/* SPDX-License-Identifier: Apache-2.0 */
#include "store/change.h"

#include <stdlib.h>

#include "store/check.h"
#include "store/own_families.h"

enum { SELECTORS_BYTES = 1024 * 1024 }; /* of the largest that a request can name, about */

static int stamped_by_name(const void *a_ptr, const void *b_ptr)
{
	const struct stamped *a = a_ptr, *b = b_ptr;

	return slice_compare(a->family->name, b->family->name);
}

/* The families of the push, stamped and sorted by name. The gateway's own are left out. */
static bool stamp_all(struct family_list *list, const struct stamp *stamp, struct arena *arena,
		      struct stamped **ret, uint32_t *ret_n)
{
	struct stamped *all = arena_new_array(arena, struct stamped, list->n_families);
	uint32_t n = 0;

	if (all == NULL)
		return false;
	for (struct family *f = list->first; f != NULL; f = f->next) {
		if (own_family_is_time(f->name))
			continue;
		if (!family_stamp(f, stamp, arena, &all[n++]))
			return false;
	}
	qsort(all, n, sizeof(*all), stamped_by_name);
	*ret = all;
	*ret_n = n;
	return true;
}

static size_t text_bytes(const struct stamped *all, uint32_t n)
{
	size_t bytes = 0;

	for (uint32_t i = 0; i < n; i++)
		bytes += all[i].family->name.len + all[i].family->help.len;
	return bytes;
}

static struct slice copy_text(char **at, struct slice s)
{
	struct slice copy = {*at, s.len};

	if (s.len > 0)
		memcpy(*at, s.ptr, s.len);
	*at += s.len;
	return copy;
}

static struct change *change_alloc(enum change_kind kind, struct stamp *stamp, int64_t time_ns,
				   uint32_t n_families, size_t n_text_bytes)
{
	struct change *c =
		malloc(sizeof(*c) + n_families * sizeof(struct change_family) + n_text_bytes);

	if (c == NULL) {
		stamp_free(stamp);
		return NULL;
	}
	*c = (struct change){.kind = kind,
			     .stamp = stamp,
			     .time_ns = time_ns,
			     .families = (struct change_family *)(c + 1)};
	faults_init(&c->faults);
	return c;
}

static bool freeze_all(struct change *c, const struct stamped *all, uint32_t n)
{
	char *text = (char *)(c->families + n + N_OWN_FAMILIES);

	for (uint32_t i = 0; i < n; i++) {
		const struct family *family = all[i].family;
		struct block *block = block_freeze(&all[i]);

		if (block == NULL)
			return false;
		block->pushed_ns = c->time_ns;
		c->n_series += block_charge(block);
		c->families[c->n_families++] = (struct change_family){
			.name = copy_text(&text, family->name),
			.help = copy_text(&text, family->help),
			.has_help = family->has_help,
			.block = block,
		};
	}
	return true;
}

struct change *change_new_push(enum change_kind kind, struct stamp *stamp, struct family_list *list,
			       int64_t time_ns, bool unchecked, struct arena *arena)
{
	struct stamped *all;
	uint32_t n;
	struct change *c;

	if (!stamp_all(list, stamp, arena, &all, &n)) {
		stamp_free(stamp);
		return NULL;
	}
	c = change_alloc(kind, stamp, time_ns, n + N_OWN_FAMILIES, text_bytes(all, n));
	if (c == NULL)
		return NULL;
	c->unchecked = unchecked;
	if (unchecked && list->has_timestamps)
		fault_timestamps(&c->faults);
	else if (!unchecked && !check_push_alone(c, all, n, list->has_timestamps, arena)) {
		change_free(c);
		return NULL;
	}
	if (c->faults.n > 0) {
		c->verdict = ERR_CONFLICT;
		return c;
	}
	if (!freeze_all(c, all, n)) {
		change_free(c);
		return NULL;
	}
	return c;
}

struct change *change_new_restore(struct stamp *stamp, struct family_list *list,
				  struct arena *arena)
{
	assert(!list->has_timestamps);
	return change_new_push(CHANGE_RESTORE, stamp, list, 0, true, arena);
}

struct change *change_new_delete(struct stamp *stamp, int64_t time_ns)
{
	return change_alloc(CHANGE_DELETE, stamp, time_ns, 0, 0);
}

struct change *change_new_wipe(int64_t time_ns)
{
	return change_alloc(CHANGE_WIPE, NULL, time_ns, 0, 0);
}

struct change *change_new_delete_selected(struct selectors *selectors, int64_t time_ns)
{
	struct change *c = change_alloc(CHANGE_DELETE_SELECTED, NULL, time_ns, 0, 0);

	if (c == NULL) {
		(void)selectors_free(selectors);
		return NULL;
	}
	c->selectors = selectors;
	c->budget = selector_budget();
	return c;
}

size_t change_bytes(const struct change *c)
{
	size_t bytes = sizeof(*c) + c->faults.text.capacity;

	if (c->stamp != NULL)
		bytes += stamp_bytes(c->stamp);
	if (c->selectors != NULL)
		bytes += SELECTORS_BYTES;
	for (uint32_t i = 0; i < c->n_families; i++) {
		const struct change_family *f = &c->families[i];

		bytes += sizeof(*f) + f->name.len + f->help.len + f->block->n_bytes;
	}
	return bytes;
}

void change_free(struct change *c)
{
	if (c == NULL)
		return;
	for (uint32_t i = 0; i < c->n_families; i++)
		block_free(c->families[i].block);
	stamp_free(c->stamp);
	(void)selectors_free(c->selectors);
	faults_free(&c->faults);
	free(c);
}
