/* SPDX-License-Identifier: Apache-2.0
 *
 * A body of text under small limits and a small arena: what is accepted lies within the body or the
 * arena and keeps the limits, and what /metrics shows of it is a body that shows the same. */
#include "../expose.h"

#include "base/utf8.h"

enum { ARENA_BYTES_MAX = 1 << 20, OUT_BYTES_MAX = 4 << 20 };

static const struct push_limits limits = {.families_max = 50,
					  .series_max = 300,
					  .labels_max = 40,
					  .name_bytes_max = 100,
					  .value_bytes_max = 200};

/* Reads each byte: under ASan the arena poisons what lies outside of its texts. */
static void check_text(struct slice text, size_t bytes_max)
{
	unsigned sum = 0;

	assert(text.len <= bytes_max);
	for (size_t i = 0; i < text.len; i++)
		sum += (unsigned char)text.ptr[i];
	assert(sum <= 255 * text.len);
}

static void check_metric(const struct family *family, const struct metric *metric)
{
	uint32_t n_point_labels = metric->n_points > 0 ? 1 : 0;

	assert(metric->n_labels + n_point_labels <= limits.labels_max);
	for (uint32_t i = 0; i < metric->n_labels; i++) {
		check_text(metric->labels[i].name, limits.name_bytes_max);
		check_text(metric->labels[i].value, limits.value_bytes_max);
		assert(utf8_valid(metric->labels[i].value));
		for (uint32_t j = 0; j < i; j++)
			assert(!slice_eq(metric->labels[i].name, metric->labels[j].name));
	}
	if (family->type == METRIC_SUMMARY)
		for (uint32_t i = 0; i < metric->n_points; i++)
			assert(metric->quantiles[i].quantile == metric->quantiles[i].quantile);
}

static void check_list(const struct family_list *list, enum name_scheme scheme)
{
	uint32_t n_families = 0, n_metrics = 0, n_points = 0;

	for (const struct family *f = list->first; f != NULL; f = f->next) {
		uint32_t n = 0;

		n_families++;
		check_text(f->name, limits.name_bytes_max);
		check_text(f->help, limits.value_bytes_max);
		assert(metric_name_valid(f->name, scheme));
		for (const struct metric *m = f->first; m != NULL; m = m->next) {
			check_metric(f, m);
			n++;
			n_points += m->n_points;
		}
		assert(n == f->n_metrics && n > 0);
		n_metrics += n;
	}
	assert(n_families == list->n_families && n_families <= limits.families_max);
	assert(n_metrics == list->n_metrics && n_metrics + n_points <= limits.series_max);
}

/* What is shown does not always mean the same when it is pushed again: m_sum may belong to a
 * summary m shown before it, a label a:b is shown without the quotes it needs, the group's labels
 * make two series one, and a summary's count may be shown as a float that is too large for one. */
static bool is_label_stable(struct slice name)
{
	return !slice_eq(name, SLICE("job")) && !slice_eq(name, SLICE("instance")) &&
	       memchr(name.ptr, ':', name.len) == NULL;
}

static bool is_stable(const struct family_list *list)
{
	static const struct slice suffixes[] = {SLICE("_bucket"), SLICE("_sum"), SLICE("_count")};

	for (const struct family *f = list->first; f != NULL; f = f->next) {
		for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
			if (slice_ends(f->name, suffixes[i]))
				return false;
		for (const struct metric *m = f->first; m != NULL; m = m->next) {
			if (f->type == METRIC_SUMMARY && m->count > (uint64_t)1 << 53)
				return false;
			for (uint32_t i = 0; i < m->n_labels; i++)
				if (!is_label_stable(m->labels[i].name))
					return false;
		}
	}
	return true;
}

static void check_shown_again(struct slice shown, enum name_scheme scheme)
{
	struct arena arena;
	struct buf again;
	struct err err;

	arena_init(&arena, 64 * ARENA_BYTES_MAX);
	buf_init(&again, OUT_BYTES_MAX);
	err = err_in(&arena);
	if (expose(shown, scheme, &arena, &again, &err) != ERR_NONE)
		abort();
	assert(slice_eq(buf_slice(&again), shown));
	buf_free(&again);
	arena_free(&arena);
}

static void check_body(struct slice body, enum name_scheme scheme)
{
	const struct label job = {SLICE("job"), SLICE("x")};
	struct family_list list;
	struct arena arena;
	struct buf shown;
	struct err err;
	enum err_code code;

	arena_init(&arena, ARENA_BYTES_MAX);
	err = err_in(&arena);
	code = text_parse(body, scheme, &limits, &arena, &list, &err);
	assert(arena.bytes_used <= ARENA_BYTES_MAX);
	assert(code == ERR_NONE || code == ERR_SYNTAX || code == ERR_TOO_BIG);
	if (code != ERR_NONE) {
		assert(err.code == code && err.msg.len > 0);
		check_text(err.msg, ARENA_BYTES_MAX);
		arena_free(&arena);
		return;
	}
	check_list(&list, scheme);
	buf_init(&shown, OUT_BYTES_MAX);
	if (is_stable(&list)) {
		arena.bytes_max *= 2;
		expose_families(&list, &job, 1, &arena, &shown);
		if (buf_ok(&shown))
			check_shown_again(buf_slice(&shown), scheme);
	}
	buf_free(&shown);
	arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice body = {(const char *)data, size};

	check_body(body, NAME_LEGACY);
	check_body(body, NAME_UTF8);
	return 0;
}
