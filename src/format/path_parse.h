/* SPDX-License-Identifier: Apache-2.0
 *
 * path_parse.h -- the path of a push into the labels of its group (its grouping key). Pure;
 * any thread. */
#pragma once

#include "base/err.h"
#include "metric/labels.h"

struct push_path {
	struct slice job;    /* the path segment after /metrics/job/, percent-decoded */
	bool job_base64;     /* /metrics/job@base64/ */
	struct slice labels; /* all after the job: empty, or `/` and the rest */
};

/* Labels sorted by name, `job` among them; slices point into the path or the arena. Errors are the
 * reference's sentences (ERR_SYNTAX), or ERR_TOO_BIG over `labels_max` (0: no limit). Both outputs
 * are written on ERR_NONE only. */
must_check enum err_code path_parse(const struct push_path *path, enum name_scheme scheme,
				    uint32_t labels_max, struct arena *arena,
				    struct label **ret_labels, size_t *ret_n, struct err *reterr);
