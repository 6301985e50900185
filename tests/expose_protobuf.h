/* SPDX-License-Identifier: Apache-2.0
 *
 * expose_protobuf.h -- for tests: families as delimited protobuf, once they are pushed to a group.
 */
#pragma once

#include "expose.h"
#include "format/protobuf_parse.h"
#include "format/protobuf_write.h"

/* Consumes the families: their metrics lose the group's labels. Those without metrics are left out.
 */
static inline void expose_as_protobuf(const struct family_list *list, const struct label *grouping,
				      size_t n_grouping, struct arena *arena, struct buf *out)
{
	struct stamp *stamp = stamp_new(grouping, n_grouping);
	struct buf head;

	assert(stamp != NULL);
	buf_init(&head, SIZE_MAX / 2);
	for (struct family *f = next_by_name(list, NULL); f != NULL;
	     f = next_by_name(list, &f->name)) {
		struct stamped stamped;
		struct block *block;
		uint64_t bytes = 0;

		if (f->n_metrics == 0)
			continue;
		if (!family_stamp(f, stamp, arena, &stamped))
			abort();
		block = block_freeze(&stamped);
		assert(block != NULL);
		block->stamp = stamp;
		for (uint32_t i = 0; i < block->n_series; i++)
			bytes += protobuf_series_bytes(ESCAPING_ALLOW_UTF8, block_series(block, i));
		buf_clear(&head);
		protobuf_write_head(&head, ESCAPING_ALLOW_UTF8, f->name,
				    f->has_help ? &f->help : NULL, f->type);
		protobuf_write_length(out, head.len + bytes);
		buf_put(out, buf_slice(&head));
		for (uint32_t i = 0; i < block->n_series; i++)
			protobuf_write_series(out, ESCAPING_ALLOW_UTF8, block_series(block, i));
		block_free(block);
	}
	buf_free(&head);
	stamp_free(stamp);
}
