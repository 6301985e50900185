/* SPDX-License-Identifier: Apache-2.0
 *
 * gob_import.h -- what a persistence file of the reference holds, as changes that restore it.
 *
 * All of it: families with the time of their push, and push_time_seconds and
 * push_failure_time_seconds, families there, as the times of their group. Contradictions between
 * groups are kept; a scrape tells of them. What the reference keeps but can never expose (its
 * /metrics breaks off there) is left out with a warning: a family that lost its message, without a
 * name, of an unknown type, with timestamps, or with native buckets that do not fit their spans.
 * Pure; one thread. */
#pragma once

#include "store/gob.h"

/* What to do with what is found. */
struct gob_importer {
	/* Takes the change, of a group that was not met before. False: it cannot be done, `reterr`
	 * is set. */
	bool (*restore)(void *context, struct change *change, struct err *reterr);
	void (*warn)(void *context, struct slice sentence);
	void *context;
};

struct gob_counts {
	uint64_t groups;
	uint64_t families, series; /* the two of times included */
	uint64_t families_left_out;
};

/* `*ret` is written on ERR_NONE only. On an error what was restored before is not to be trusted:
 * ERR_SYNTAX, the file is damaged, and the sentence says where; ERR_NOMEM; or what `restore` said.
 */
must_check enum err_code gob_import(struct slice file, const struct gob_importer *importer,
				    struct gob_counts *ret, struct err *reterr);
