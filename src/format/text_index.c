/* SPDX-License-Identifier: Apache-2.0 */
#include "format/text_index.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { FIRST_SLOTS = 64 };

bool text_index_init(struct text_index *index, struct arena *arena, uint64_t seed)
{
	*index = (struct text_index){.arena = arena, .seed = seed, .n_family_slots = FIRST_SLOTS};
	index->families = arena_new_array(arena, struct known_family *, FIRST_SLOTS);
	return index->families != NULL;
}

static uint64_t hash_text(uint64_t seed, struct slice text)
{
	return XXH3_64bits_withSeed(text.ptr, text.len, seed);
}

uint64_t text_index_hash(const struct text_index *index, struct slice name)
{
	return hash_text(index->seed, name);
}

/* ---- families ---- */

struct known_family *text_index_family(const struct text_index *index, struct slice name,
				       uint64_t hash)
{
	size_t mask = index->n_family_slots - 1;

	for (size_t at = hash & mask; index->families[at] != NULL; at = (at + 1) & mask) {
		struct known_family *known = index->families[at];

		if (known->hash == hash && slice_eq(known->family->name, name))
			return known;
	}
	return NULL;
}

static void put_family(struct known_family **slots, size_t n_slots, struct known_family *known)
{
	size_t at = known->hash & (n_slots - 1);

	while (slots[at] != NULL)
		at = (at + 1) & (n_slots - 1);
	slots[at] = known;
}

static bool grow_families(struct text_index *index)
{
	size_t n_slots = index->n_family_slots * 2;
	struct known_family **slots;

	if (index->n_families < index->n_family_slots / 2)
		return true;
	slots = arena_new_array(index->arena, struct known_family *, n_slots);
	if (slots == NULL)
		return false;
	for (size_t i = 0; i < index->n_family_slots; i++)
		if (index->families[i] != NULL)
			put_family(slots, n_slots, index->families[i]);
	index->families = slots;
	index->n_family_slots = n_slots;
	return true;
}

struct known_family *text_index_add_family(struct text_index *index, struct family *family,
					   uint64_t hash)
{
	struct known_family *known = arena_new(index->arena, struct known_family);

	if (known == NULL || !grow_families(index))
		return NULL;
	*known = (struct known_family){.family = family, .hash = hash};
	put_family(index->families, index->n_family_slots, known);
	index->n_families++;
	return known;
}

/* ---- series ---- */

static uint64_t series_hash(const struct known_family *known, const struct label *labels,
			    uint32_t n)
{
	uint64_t hash = known->hash;

	for (uint32_t i = 0; i < n; i++)
		hash = hash_text(hash_text(hash, labels[i].name), labels[i].value);
	return hash;
}

static bool is_series(const struct known_series *series, const struct known_family *known,
		      const struct label *labels, uint32_t n)
{
	const struct metric *metric = series->metric;

	if (metric == NULL || series->known != known || metric->n_labels != n)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (!slice_eq(metric->labels[i].value, labels[i].value) ||
		    !slice_eq(metric->labels[i].name, labels[i].name))
			return false;
	return true;
}

struct metric *text_index_series(struct text_index *index, const struct known_family *known,
				 const struct label *sorted, uint32_t n)
{
	uint64_t hash;

	if (is_series(&index->last, known, sorted, n))
		return index->last.metric;
	if (index->n_series_slots == 0)
		return NULL;
	hash = series_hash(known, sorted, n);
	for (size_t at = hash & (index->n_series_slots - 1); index->series[at].metric != NULL;
	     at = (at + 1) & (index->n_series_slots - 1)) {
		if (index->series[at].hash != hash ||
		    !is_series(&index->series[at], known, sorted, n))
			continue;
		index->last = index->series[at];
		return index->last.metric;
	}
	return NULL;
}

static void put_series(struct known_series *slots, size_t n_slots, struct known_series series)
{
	size_t at = series.hash & (n_slots - 1);

	while (slots[at].metric != NULL)
		at = (at + 1) & (n_slots - 1);
	slots[at] = series;
}

static bool grow_series(struct text_index *index)
{
	size_t n_slots = index->n_series_slots == 0 ? FIRST_SLOTS : index->n_series_slots * 2;
	struct known_series *slots;

	if (index->n_series < index->n_series_slots / 2)
		return true;
	slots = arena_new_array(index->arena, struct known_series, n_slots);
	if (slots == NULL)
		return false;
	for (size_t i = 0; i < index->n_series_slots; i++)
		if (index->series[i].metric != NULL)
			put_series(slots, n_slots, index->series[i]);
	index->series = slots;
	index->n_series_slots = n_slots;
	return true;
}

bool text_index_add_series(struct text_index *index, const struct known_family *known,
			   struct metric *metric)
{
	if (!grow_series(index))
		return false;
	index->last = (struct known_series){metric, known,
					    series_hash(known, metric->labels, metric->n_labels)};
	put_series(index->series, index->n_series_slots, index->last);
	index->n_series++;
	return true;
}
