/* SPDX-License-Identifier: Apache-2.0
 *
 * A body of OpenMetrics under small limits and a small arena: what is accepted keeps the limits,
 * what a scrape shows of it, as OpenMetrics or protobuf, is a body that shows the same, and where
 * text format 0.0.4 accepts the body, too, it makes the same of it. */
#include "../expose_openmetrics.h"
#include "../expose_protobuf.h"

#include "base/utf8.h"

enum { ARENA_BYTES_MAX = 1 << 20, OUT_BYTES_MAX = 4 << 20 };

static const struct push_limits limits = {.families_max = 50,
					  .series_max = 300,
					  .labels_max = 40,
					  .name_bytes_max = 100,
					  .value_bytes_max = 200};

static void check_metric(const struct metric *metric)
{
	assert(metric->n_labels + (metric->n_points > 0) <= limits.labels_max);
	for (uint32_t i = 0; i < metric->n_labels; i++) {
		assert(metric->labels[i].name.len <= limits.name_bytes_max);
		assert(metric->labels[i].value.len <= limits.value_bytes_max);
		assert(utf8_valid(metric->labels[i].value));
		for (uint32_t j = 0; j < i; j++)
			assert(!slice_eq(metric->labels[i].name, metric->labels[j].name));
	}
}

static void check_list(const struct family_list *list, enum name_scheme scheme)
{
	uint32_t n_families = 0, n_metrics = 0, n_points = 0;

	for (const struct family *f = list->first; f != NULL; f = f->next) {
		uint32_t n = 0;

		n_families++;
		assert(f->name.len <= limits.name_bytes_max && utf8_valid(f->help));
		assert(metric_name_valid(f->name, scheme));
		for (const struct family *other = list->first; other != f; other = other->next)
			assert(!slice_eq(other->name, f->name));
		for (const struct metric *m = f->first; m != NULL; m = m->next) {
			check_metric(m);
			n++;
			n_points += m->n_points;
		}
		assert(n == f->n_metrics && n > 0);
		n_metrics += n;
	}
	assert(n_families == list->n_families && n_families <= limits.families_max);
	assert(n_metrics == list->n_metrics && n_metrics + n_points <= limits.series_max);
}

/* A histogram without a sum is shown with one of 0, which beside buckets of negative values is not
 * accepted; the group's labels make two series one. */
static bool is_stable(const struct family_list *list)
{
	for (const struct family *f = list->first; f != NULL; f = f->next)
		for (const struct metric *m = f->first; m != NULL; m = m->next) {
			if (m->n_points > 0 && m->lacks_sum)
				return false;
			for (uint32_t i = 0; i < m->n_labels; i++)
				if (slice_eq(m->labels[i].name, SLICE("job")) ||
				    slice_eq(m->labels[i].name, SLICE("instance")))
					return false;
		}
	return true;
}

/* What is shown, once it is pushed, shows the same. */
static void check_shown_again(const struct family_list *list, enum name_scheme scheme,
			      struct arena *arena)
{
	struct buf shown, again;
	struct arena second;
	struct err err;

	buf_init(&shown, OUT_BYTES_MAX);
	buf_init(&again, OUT_BYTES_MAX);
	arena_init(&second, 64 * ARENA_BYTES_MAX);
	err = err_in(&second);
	expose_openmetrics_families(list, ESCAPING_ALLOW_UTF8, arena, &shown);
	if (buf_ok(&shown)) {
		if (expose_openmetrics(buf_slice(&shown), scheme, ESCAPING_ALLOW_UTF8, &second,
				       &again, &err) != ERR_NONE)
			abort();
		assert(slice_eq(buf_slice(&again), buf_slice(&shown)));
	}
	buf_free(&shown);
	buf_free(&again);
	arena_free(&second);
}

/* What is exposed as protobuf is protobuf in canonical form: pushed, it is exposed the same. */
static void check_as_protobuf(const struct family_list *list, struct arena *arena)
{
	const struct label job = {SLICE("job"), SLICE("x")};
	struct buf shown, again;
	struct family_list pushed;
	struct arena second;
	struct err err;

	buf_init(&shown, OUT_BYTES_MAX);
	buf_init(&again, OUT_BYTES_MAX);
	arena_init(&second, 64 * ARENA_BYTES_MAX);
	err = err_in(&second);
	expose_as_protobuf(list, &job, 1, arena, &shown);
	if (buf_ok(&shown)) {
		if (protobuf_parse(buf_slice(&shown), &no_limits, &second, &pushed, &err) !=
		    ERR_NONE)
			abort();
		expose_as_protobuf(&pushed, &job, 1, &second, &again);
		assert(slice_eq(buf_slice(&again), buf_slice(&shown)));
	}
	buf_free(&shown);
	buf_free(&again);
	arena_free(&second);
}

/* Text knows no _total, _created or exemplars, lets blanks before a help text go, and takes no
 * count from a bucket. */
static bool is_text_too(const struct family_list *list)
{
	for (const struct family *f = list->first; f != NULL; f = f->next) {
		if (f->type == METRIC_COUNTER || f->type == METRIC_GAUGE_HISTOGRAM)
			return false;
		if (f->help.len == 0 || f->help.ptr[0] == ' ' || f->help.ptr[0] == '\t')
			return false;
		for (const struct metric *m = f->first; m != NULL; m = m->next)
			if (m->tail.len > 0 || m->lacks_sum)
				return false;
	}
	return true;
}

static void check_as_text(struct slice body, const struct family_list *list,
			  enum name_scheme scheme, struct arena *arena)
{
	const struct label job = {SLICE("job"), SLICE("x")};
	struct buf shown, as_text;
	struct arena second;
	struct err err;

	buf_init(&shown, OUT_BYTES_MAX);
	buf_init(&as_text, OUT_BYTES_MAX);
	arena_init(&second, 64 * ARENA_BYTES_MAX);
	err = err_in(&second);
	if (expose(body, scheme, &second, &as_text, &err) == ERR_NONE) {
		expose_families(list, &job, 1, arena, &shown);
		assert(!buf_ok(&shown) || slice_eq(buf_slice(&shown), buf_slice(&as_text)));
	}
	buf_free(&shown);
	buf_free(&as_text);
	arena_free(&second);
}

/* What is checked consumes the families: each check parses for itself. */
static bool parse(struct slice body, enum name_scheme scheme, struct arena *arena,
		  struct family_list *ret)
{
	struct err err = err_in(arena);
	enum err_code code = openmetrics_parse(body, scheme, &limits, arena, ret, &err);

	assert(code == ERR_NONE || code == ERR_SYNTAX || code == ERR_TOO_BIG);
	assert(code == ERR_NONE || (err.code == code && err.msg.len > 0));
	return code == ERR_NONE;
}

static void check_body(struct slice body, enum name_scheme scheme)
{
	struct family_list list;
	struct arena arena;

	arena_init(&arena, ARENA_BYTES_MAX);
	if (parse(body, scheme, &arena, &list)) {
		check_list(&list, scheme);
		arena.bytes_max *= 16;
		if (is_text_too(&list))
			check_as_text(body, &list, scheme, &arena);
		if (parse(body, scheme, &arena, &list) && is_stable(&list))
			check_shown_again(&list, scheme, &arena);
		if (parse(body, scheme, &arena, &list))
			check_as_protobuf(&list, &arena);
	}
	assert(arena.bytes_used <= arena.bytes_max);
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
