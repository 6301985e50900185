/* SPDX-License-Identifier: Apache-2.0
 *
 * openmetrics_metric.h -- for openmetrics_parse.c: the types of OpenMetrics, what samples they
 * have, and one metric as its samples come in, held to its type's rules.
 *
 * Lives as long as the parser; functions that return bool set the cursor's error and return false.
 */
#pragma once

#include "format/openmetrics_cursor.h"

/* What a sample tells of its metric. */
enum om_role {
	OM_VALUE,
	OM_INFO,
	OM_STATE,
	OM_QUANTILE,
	OM_BUCKET,
	OM_COUNT,
	OM_SUM,
	OM_CREATED,
};
enum { OM_ROLES = OM_CREATED + 1 };

enum { OM_SUFFIXES_MAX = 4 };

struct om_type {
	struct slice word;
	struct slice stored_suffix; /* the name under which it is kept has it */
	struct slice point_label;   /* of buckets and quantiles; empty: there are none */
	struct {
		struct slice suffix;
		enum om_role role;
	} samples[OM_SUFFIXES_MAX];
	enum metric_type stored;
	uint8_t n_samples;
};

/* NULL when there is none of that name. */
const struct om_type *om_type_of_word(struct slice word);
const struct om_type *om_type_unknown(void);

/* NULL when a metric of that type has no such sample. */
const enum om_role *om_type_role(const struct om_type *type, struct slice suffix);

static inline bool om_type_has_points(const struct om_type *type)
{
	return type->point_label.len > 0;
}

/* The rest of a sample's line. */
struct om_sample {
	enum om_role role;
	double point; /* of a bucket or quantile */
	double value;
	struct moment created; /* OM_CREATED, instead of a value */
	bool has_exemplar;
	struct slice exemplar; /* its message */
};

struct om_metric {
	const struct om_type *type;
	struct slice family; /* its name */
	struct metric *metric;
	uint32_t line; /* of its last sample */
	bool has[OM_ROLES];
	struct moment created;
	struct slice exemplar;   /* of a counter; empty: none */
	struct slice *exemplars; /* of buckets; grows with them */
	bool has_exemplars;
};

/* May the line go on with an exemplar? */
bool om_role_takes_exemplar(const struct om_type *type, enum om_role role);

/* `metric` is new; `type` and `family` are as long as it. */
void om_metric_start(struct om_metric *m, const struct om_type *type, struct slice family,
		     struct metric *metric, uint32_t line);

/* Takes one sample of it, unless the type's rules forbid that. */
must_check bool om_metric_take(struct om_metric *m, struct text_cursor *c,
			       const struct om_sample *sample);

/* What can only be said of all of its samples; makes the tail. `scratch` is of the caller. */
must_check bool om_metric_finish(struct om_metric *m, struct text_cursor *c, struct buf *scratch);
