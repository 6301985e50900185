/* SPDX-License-Identifier: Apache-2.0
 *
 * model.h -- the store as one would write it on a page: groups hold families, families hold
 * samples, all in arrays; a push is judged by gathering everything. Slow, and meant to be seen
 * right.
 *
 * The universe is small, so that pushes collide often. */
#pragma once

#include "support.h"

enum model_type { MODEL_GAUGE, MODEL_COUNTER, MODEL_UNTYPED, MODEL_SUMMARY, MODEL_HISTOGRAM };
enum { MODEL_TYPES = 5 };

/* Sorted. */
static const char *const model_names[] = {
	"a", "m", "m_bucket", "m_count", "m_sum", "push_failure_time_seconds", "push_time_seconds",
};
enum {
	MODEL_M = 1,
	MODEL_BUCKET,
	MODEL_COUNT,
	MODEL_SUM,
	MODEL_FAILURE_TIME,
	MODEL_TIME,
	MODEL_NAMES
};

static const char *const model_helps[] = {
	NULL,
	"one",
	"two",
	"Last Unix time when changing this group in the Pushgateway failed.",
	"Last Unix time when changing this group in the Pushgateway succeeded.",
};
enum { MODEL_HELPS_PUSHED = 3, MODEL_HELP_FAILURE_TIME = 3, MODEL_HELP_TIME };

/* A label is one of these values, or absent. */
static const char *const model_values[] = {NULL, "", "1", "2"};

/* Own labels by name, sorted; the first is refused wherever it comes. */
static const char *const model_labels[] = {"__reserved", "instance", "job", "k", "zone"};
enum { MODEL_RESERVED, MODEL_INSTANCE, MODEL_JOB, MODEL_K, MODEL_ZONE, MODEL_LABELS };

struct model_sample {
	uint8_t label[MODEL_LABELS]; /* into model_values; 0: absent */
	bool has_bucket, has_sum, has_count;
	int value;
};

enum { MODEL_SAMPLES_MAX = 4 };

struct model_family {
	bool is_there;
	enum model_type type;
	uint8_t help; /* into model_helps */
	uint8_t n;
	struct model_sample samples[MODEL_SAMPLES_MAX];
};

/* job, instance, zone: 2 * 3 * 2 */
enum { MODEL_GROUPS = 12 };

struct model_group {
	bool is_there;
	struct model_family families[MODEL_NAMES];
};

struct model {
	struct model_group groups[MODEL_GROUPS];
};

/* What a push brings. */
struct model_push {
	bool replaces, has_timestamps;
	struct model_family families[MODEL_NAMES];
};

/* The grouping labels of the n-th group, as values by label. */
static inline void model_grouping(uint32_t group, uint8_t ret[MODEL_LABELS])
{
	memset(ret, 0, MODEL_LABELS);
	ret[MODEL_JOB] = (uint8_t)(2 + group % 2);
	ret[MODEL_INSTANCE] = (uint8_t)(group / 2 % 3);
	ret[MODEL_ZONE] = (uint8_t)(group / 6 * 2);
}

static inline size_t model_grouping_labels(uint32_t group, struct label ret[MODEL_LABELS])
{
	uint8_t grouping[MODEL_LABELS];
	size_t n = 0;

	model_grouping(group, grouping);
	for (int i = 0; i < MODEL_LABELS; i++)
		if (grouping[i] != 0)
			ret[n++] = (struct label){slice_of(model_labels[i]),
						  slice_of(model_values[grouping[i]])};
	return n;
}

/* The group that would expose the same series. */
static inline bool model_twin(uint32_t group, uint32_t *ret)
{
	static const uint32_t twin_of_instance[] = {1, 0};
	uint32_t instance = group / 2 % 3;

	if (instance == 2)
		return false;
	*ret = group - instance * 2 + twin_of_instance[instance] * 2;
	return true;
}

/* One series among all, ready to sort and to write. */
struct model_series {
	uint8_t label[MODEL_LABELS];
	const struct model_family *family;
	const struct model_sample *sample;
};

enum { MODEL_SERIES_MAX = MODEL_GROUPS * MODEL_SAMPLES_MAX };

static inline int model_series_compare(const void *a_ptr, const void *b_ptr)
{
	const struct model_series *a = a_ptr, *b = b_ptr;
	const char *a_values[MODEL_LABELS], *b_values[MODEL_LABELS];
	int n_a = 0, n_b = 0;

	for (int i = 0; i < MODEL_LABELS; i++) {
		if (a->label[i] != 0)
			a_values[n_a++] = model_values[a->label[i]];
		if (b->label[i] != 0)
			b_values[n_b++] = model_values[b->label[i]];
	}
	if (n_a != n_b)
		return n_a - n_b;
	for (int i = 0; i < n_a; i++)
		if (strcmp(a_values[i], b_values[i]) != 0)
			return strcmp(a_values[i], b_values[i]);
	/* the name that sorts first is the one that the other set lacks */
	for (int i = 0; i < MODEL_LABELS; i++)
		if ((a->label[i] != 0) != (b->label[i] != 0))
			return a->label[i] != 0 ? -1 : 1;
	return 0;
}

/* All series of that name, over all groups, in the order of exposition. */
static inline int model_gather(const struct model *m, int name,
			       struct model_series ret[MODEL_SERIES_MAX])
{
	int n = 0;

	for (uint32_t g = 0; g < MODEL_GROUPS; g++) {
		const struct model_family *family = &m->groups[g].families[name];
		uint8_t grouping[MODEL_LABELS];

		model_grouping(g, grouping);
		for (int i = 0; m->groups[g].is_there && family->is_there && i < family->n; i++) {
			struct model_series *s = &ret[n++];

			s->family = family;
			s->sample = &family->samples[i];
			memcpy(s->label, s->sample->label, sizeof(s->label));
			for (int j = 0; j < MODEL_LABELS; j++)
				if (grouping[j] != 0)
					s->label[j] = grouping[j];
			if (s->label[MODEL_INSTANCE] == 0)
				s->label[MODEL_INSTANCE] = 1;
		}
	}
	qsort(ret, (size_t)n, sizeof(*ret), model_series_compare);
	return n;
}

static inline bool model_is_of(const struct model *m, int name, enum model_type type)
{
	for (uint32_t g = 0; g < MODEL_GROUPS; g++)
		if (m->groups[g].is_there && m->groups[g].families[name].is_there &&
		    m->groups[g].families[name].type == type)
			return true;
	return false;
}

static inline bool model_is_there(const struct model *m, int name)
{
	for (int type = 0; type < MODEL_TYPES; type++)
		if (model_is_of(m, name, (enum model_type)type))
			return true;
	return false;
}

/* Could /metrics be written? Behaviour of client_golang's Gather. */
static inline bool model_consistent(const struct model *m)
{
	struct model_series series[MODEL_SERIES_MAX];

	for (int name = 0; name < MODEL_NAMES; name++) {
		int n = model_gather(m, name, series), n_types = 0;

		for (int type = 0; type < MODEL_TYPES; type++)
			n_types += model_is_of(m, name, (enum model_type)type);
		if (n_types > 1)
			return false;
		for (int i = 0; i < n; i++)
			if (series[i].label[MODEL_RESERVED] != 0 ||
			    (i > 0 && model_series_compare(&series[i - 1], &series[i]) == 0))
				return false;
	}
	if (model_is_of(m, MODEL_M, MODEL_HISTOGRAM) && model_is_there(m, MODEL_BUCKET))
		return false;
	if (!model_is_of(m, MODEL_M, MODEL_HISTOGRAM) && !model_is_of(m, MODEL_M, MODEL_SUMMARY))
		return true;
	return !model_is_there(m, MODEL_COUNT) && !model_is_there(m, MODEL_SUM);
}

static inline void model_set_time(struct model_group *group, int name, int seconds)
{
	group->families[name] = (struct model_family){
		.is_there = true,
		.type = MODEL_GAUGE,
		.help = name == MODEL_TIME ? MODEL_HELP_TIME : MODEL_HELP_FAILURE_TIME,
		.n = 1,
		.samples = {{.value = seconds}}};
}

static inline int model_time(const struct model_group *group, int name)
{
	return group->families[name].samples[0].value;
}

/* True when it is accepted. */
static inline bool model_apply_push(struct model *m, uint32_t at, const struct model_push *push,
				    int seconds, bool unchecked)
{
	struct model after = *m;
	struct model_group *group = &after.groups[at];
	uint32_t twin;

	if (!group->is_there)
		model_set_time(group, MODEL_FAILURE_TIME, 0);
	group->is_there = true;
	for (int name = 0; name < MODEL_FAILURE_TIME; name++)
		if (push->replaces || push->families[name].is_there)
			group->families[name] = push->families[name];
	model_set_time(group, MODEL_TIME, seconds);
	if (!push->has_timestamps && (unchecked || model_consistent(&after))) {
		*m = after;
		return true;
	}
	group = &m->groups[at];
	if (!group->is_there && model_twin(at, &twin) && m->groups[twin].is_there)
		return false;
	if (!group->is_there)
		model_set_time(group, MODEL_TIME, 0);
	group->is_there = true;
	model_set_time(group, MODEL_FAILURE_TIME, seconds);
	return false;
}

static inline void model_delete(struct model *m, uint32_t at)
{
	m->groups[at] = (struct model_group){0};
}

static inline void model_write_line(struct buf *out, const char *name, const char *suffix,
				    const uint8_t labels[MODEL_LABELS], const char *extra,
				    int value)
{
	char separator = '{';

	buf_putf(out, "%s%s", name, suffix);
	for (int i = 0; i < MODEL_LABELS; i++) {
		if (labels[i] == 0)
			continue;
		buf_putf(out, "%c%s=\"%s\"", separator, model_labels[i], model_values[labels[i]]);
		separator = ',';
	}
	if (extra != NULL) {
		buf_putf(out, "%c%s", separator, extra);
		separator = ',';
	}
	buf_putf(out, "%s %d", separator == '{' ? "" : "}", value);
}

/* The lines of a sample as /metrics shows them, or, for a body, as they are pushed: then a line
 * that would be taken for one of another family of the body is left out. */
static inline void model_write_sample(struct buf *out, const char *name, enum model_type type,
				      const uint8_t labels[MODEL_LABELS],
				      const struct model_sample *s, bool as_body, const char *end)
{
	int count = s->has_count ? s->value : 0;

	if (type < MODEL_SUMMARY) {
		model_write_line(out, name, "", labels, NULL, s->value);
		buf_putf(out, "%s", end);
		return;
	}
	if (type == MODEL_SUMMARY) {
		model_write_line(out, name, "", labels, "quantile=\"0.5\"", s->value);
		buf_putf(out, "%s", end);
	}
	if (type == MODEL_HISTOGRAM && s->has_bucket) {
		model_write_line(out, name, "_bucket", labels, "le=\"1\"", s->value / 2);
		buf_putf(out, "%s", end);
	}
	if (type == MODEL_HISTOGRAM && (s->has_bucket || !as_body)) {
		model_write_line(out, name, "_bucket", labels, "le=\"+Inf\"",
				 s->has_bucket ? s->value : count);
		buf_putf(out, "%s", end);
	}
	if (s->has_sum || !as_body) {
		model_write_line(out, name, "_sum", labels, NULL, s->has_sum ? 2 * s->value : 0);
		buf_putf(out, "%s", end);
	}
	if (s->has_count || !as_body) {
		model_write_line(out, name, "_count", labels, NULL, count);
		buf_putf(out, "%s", end);
	}
}

static inline void model_write_head(struct buf *out, int name, uint8_t help, enum model_type type)
{
	static const char *const types[] = {"gauge", "counter", "untyped", "summary", "histogram"};

	if (model_helps[help] != NULL)
		buf_putf(out, "# HELP %s %s\n", model_names[name], model_helps[help]);
	buf_putf(out, "# TYPE %s %s\n", model_names[name], types[type]);
}

/* /metrics */
static inline void model_render(struct buf *out, const struct model *m)
{
	struct model_series series[MODEL_SERIES_MAX];

	for (int name = 0; name < MODEL_NAMES; name++) {
		int n = model_gather(m, name, series);

		if (n > 0)
			model_write_head(out, name, series[0].family->help, series[0].family->type);
		for (int i = 0; i < n; i++)
			model_write_sample(out, model_names[name], series[i].family->type,
					   series[i].label, series[i].sample, false, "\n");
	}
}

/* The body of a push. Longer names come first: a later family is then not taken for their part. */
static inline void model_write_body(struct buf *out, const struct model_push *push)
{
	for (int name = MODEL_NAMES; name-- > 0;) {
		const struct model_family *family = &push->families[name];

		if (!family->is_there)
			continue;
		model_write_head(out, name, family->help, family->type);
		for (int i = 0; i < family->n; i++)
			model_write_sample(out, model_names[name], family->type,
					   family->samples[i].label, &family->samples[i], true,
					   push->has_timestamps ? " 1000\n" : "\n");
	}
}

static inline struct model_sample model_roll_sample(struct dice *dice,
						    const struct model_push *push)
{
	struct model_sample s = {
		.value = (int)dice_below(dice, 100),
		.has_bucket = !push->families[MODEL_BUCKET].is_there,
		.has_sum = !push->families[MODEL_SUM].is_there,
		.has_count = !push->families[MODEL_COUNT].is_there,
	};

	if (dice_below(dice, 3) == 0)
		s.label[MODEL_INSTANCE] = (uint8_t)dice_below(dice, 3);
	if (dice_below(dice, 6) == 0)
		s.label[MODEL_JOB] = (uint8_t)(1 + dice_below(dice, 3));
	s.label[MODEL_K] = (uint8_t)dice_below(dice, 4);
	if (dice_below(dice, 3) == 0)
		s.label[MODEL_ZONE] = 2;
	if (dice_below(dice, 100) == 0)
		s.label[MODEL_RESERVED] = 2;
	return s;
}

/* A body has no two samples of the same labels: of summaries the parser would make one. */
static inline void model_roll_samples(struct dice *dice, struct model_family *family,
				      const struct model_push *push)
{
	uint32_t wanted = 1 + dice_below(dice, MODEL_SAMPLES_MAX);

	for (uint32_t i = 0; i < wanted; i++) {
		struct model_sample s = model_roll_sample(dice, push);
		bool is_new = true;

		for (int j = 0; j < family->n; j++)
			is_new = is_new &&
				 memcmp(family->samples[j].label, s.label, sizeof(s.label)) != 0;
		if (is_new)
			family->samples[family->n++] = s;
	}
}

/* Bare gauges and untyped ones are frequent, so that something is accepted now and then. */
static inline void model_roll_push(struct dice *dice, struct model_push *ret)
{
	bool timestamps = dice_below(dice, 40) == 0;

	*ret = (struct model_push){.replaces = dice_below(dice, 2) == 0};
	for (int name = MODEL_NAMES; name-- > 0;) {
		struct model_family *family = &ret->families[name];

		if (dice_below(dice, name > MODEL_M ? 10 : 2) != 0)
			continue;
		family->is_there = true;
		ret->has_timestamps = timestamps;
		family->help = (uint8_t)dice_below(dice, MODEL_HELPS_PUSHED);
		family->type = name == MODEL_M ? (enum model_type)(dice_below(dice, 3) == 0
									   ? dice_below(dice, 5)
									   : MODEL_HISTOGRAM)
					       : (enum model_type)(dice_below(dice, 8) == 0);
		if (name == MODEL_M && ret->families[MODEL_BUCKET].is_there &&
		    ret->families[MODEL_SUM].is_there && ret->families[MODEL_COUNT].is_there)
			family->type = MODEL_GAUGE; /* nothing of a histogram would be left */
		model_roll_samples(dice, family, ret);
	}
}
