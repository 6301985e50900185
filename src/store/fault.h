/* SPDX-License-Identifier: Apache-2.0
 *
 * fault.h -- the list of what is wrong with a push, in the reference's words (behaviour of
 * client_golang's Gather). Any number of faults is counted; their text is bounded. */
#pragma once

#include "base/buf.h"
#include "metric/block.h"

struct faults {
	uint32_t n, n_written;
	struct buf text; /* "\n* TEXT" for each one written */
};

void faults_init(struct faults *f);
void faults_free(struct faults *f);

/* The one text, or "N error(s) occurred:" and the list; a last line says how many are left out. */
void faults_write(const struct faults *f, struct buf *out);

/* A fault of a whole family. */
void fault_timestamps(struct faults *f);
void fault_suffix(struct faults *f, struct slice name, enum metric_type previous_type,
		  struct slice previous); /* previously collected summary or histogram */
void fault_suffixed(struct faults *f, struct slice name, struct slice previous,
		    bool bucket); /* N against N_count, N_sum, N_bucket */

/* A family that is exposed beside the store, and one pushed by its name. */
void fault_own_help(struct faults *f, struct slice name, struct slice help, struct slice should_be);
void fault_own_type(struct faults *f, struct slice name, enum metric_type type,
		    enum metric_type should_be);

/* A fault of one metric. `labels` are all of its labels, in order. */
struct faulty_metric {
	struct slice family;
	enum metric_type type;
	const struct label *labels;
	size_t n_labels;
	const struct metric *metric;
};

void fault_type(struct faults *f, const struct faulty_metric *m, enum metric_type should_be);
void fault_label_repeated(struct faults *f, const struct faulty_metric *m, struct slice name);
void fault_label_name(struct faults *f, const struct faulty_metric *m, struct slice name);
void fault_label_explicit(struct faults *f, const struct faulty_metric *m, struct slice name);
void fault_label_value(struct faults *f, const struct faulty_metric *m, const struct label *label);
void fault_series_twice(struct faults *f, const struct faulty_metric *m);
