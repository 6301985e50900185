/* SPDX-License-Identifier: Apache-2.0
 *
 * expose_openmetrics.h -- for tests: families as /metrics shows them in OpenMetrics once they are
 * pushed to a group. */
#pragma once

#include "expose.h"
#include "format/family_rest.h"
#include "format/openmetrics_parse.h"
#include "format/openmetrics_write.h"

/* Consumes the families: their metrics lose the group's labels. */
static inline void expose_openmetrics_families(const struct family_list *list,
					       enum escaping escaping, struct arena *arena,
					       struct buf *out)
{
	const struct label job = {SLICE("job"), SLICE("x")};
	struct stamp *stamp = stamp_new(&job, 1);

	assert(stamp != NULL);
	for (struct family *f = next_by_name(list, NULL); f != NULL;
	     f = next_by_name(list, &f->name)) {
		struct block *block = block_of_family(f, stamp, arena);

		openmetrics_write_head(out, escaping, f->name, f->has_help ? &f->help : NULL,
				       family_rest_unit(block_rest(block)), f->type);
		for (uint32_t i = 0; i < block->n_series; i++)
			openmetrics_write_series(out, escaping, f->name, block_series(block, i));
		block_free(block);
	}
	stamp_free(stamp);
	buf_put(out, OPENMETRICS_END);
}

/* What an OpenMetrics push of `body` to {job="x"} exposes, or the parser's error. */
static inline enum err_code expose_openmetrics(struct slice body, enum name_scheme scheme,
					       enum escaping escaping, struct arena *arena,
					       struct buf *out, struct err *reterr)
{
	struct family_list list;
	enum err_code code = openmetrics_parse(body, scheme, &no_limits, arena, &list, reterr);

	if (code == ERR_NONE)
		expose_openmetrics_families(&list, escaping, arena, out);
	return code;
}
