/* SPDX-License-Identifier: Apache-2.0
 *
 * expose.h -- for tests: a text body as /metrics shows it once it is pushed to a group. */
#pragma once

#include "base/buf.h"
#include "format/text_parse.h"
#include "format/text_write.h"
#include "metric/block.h"

static const struct push_limits no_limits = {0};

/* Takes the smallest family name after `previous`, bytewise, like the reference's /metrics. */
static inline struct family *next_by_name(const struct family_list *list,
					  const struct slice *previous)
{
	struct family *found = NULL;

	for (struct family *f = list->first; f != NULL; f = f->next)
		if ((previous == NULL || slice_compare(f->name, *previous) > 0) &&
		    (found == NULL || slice_compare(f->name, found->name) < 0))
			found = f;
	return found;
}

/* The family as a group with that stamp keeps it. */
static inline struct block *block_of_family(struct family *f, struct stamp *stamp,
					    struct arena *arena)
{
	struct stamped stamped;
	struct block *block;

	if (!family_stamp(f, stamp, arena, &stamped))
		abort();
	block = block_freeze(&stamped);
	assert(block != NULL);
	block->stamp = stamp;
	return block;
}

/* Consumes the families: their metrics lose the group's labels. */
static inline void expose_families(const struct family_list *list, const struct label *grouping,
				   size_t n_grouping, struct arena *arena, struct buf *out)
{
	struct stamp *stamp = stamp_new(grouping, n_grouping);

	assert(stamp != NULL);
	for (struct family *f = next_by_name(list, NULL); f != NULL;
	     f = next_by_name(list, &f->name)) {
		struct block *block = block_of_family(f, stamp, arena);

		text_write_head(out, ESCAPING_ALLOW_UTF8, f->name, f->has_help ? &f->help : NULL,
				f->type);
		for (uint32_t i = 0; i < block->n_series; i++)
			text_write_series(out, ESCAPING_ALLOW_UTF8, f->name,
					  block_series(block, i));
		block_free(block);
	}
	stamp_free(stamp);
}

/* What a push of `body` to {job="x"} exposes, or the parser's error. */
static inline enum err_code expose(struct slice body, enum name_scheme scheme, struct arena *arena,
				   struct buf *out, struct err *reterr)
{
	const struct label job = {SLICE("job"), SLICE("x")};
	struct family_list list;
	enum err_code code = text_parse(body, scheme, &no_limits, arena, &list, reterr);

	if (code == ERR_NONE)
		expose_families(&list, &job, 1, arena, out);
	return code;
}
