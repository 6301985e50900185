/* SPDX-License-Identifier: Apache-2.0
 *
 * text_index.h -- what the parser of a push has met so far, found by hash: families by name, and
 * the metrics of summaries and histograms by family and labels, so that no body makes the parser
 * quadratic.
 *
 * Lives in the request's arena and dies with it. One thread at a time. */
#pragma once

#include "metric/family.h"

struct known_family {
	struct family *family;
	uint64_t hash; /* of its name */
	bool has_type; /* by a TYPE line or a sample */
};

struct known_series {
	struct metric *metric; /* NULL: not yet; its labels are sorted */
	const struct known_family *known;
	uint64_t hash;
};

/* Open addressing; a power of two of slots, at most half of them taken. */
struct text_index {
	struct arena *arena;
	uint64_t seed;
	struct known_family **families;
	size_t n_family_slots, n_families;
	struct known_series *series;
	size_t n_series_slots, n_series;
	struct known_series last; /* the one found last; mostly it is the next one's, too */
};

/* A seed that nobody outside knows keeps them from preparing texts that collide. */
must_check bool text_index_init(struct text_index *index, struct arena *arena, uint64_t seed);

uint64_t text_index_hash(const struct text_index *index, struct slice name);

/* NULL when there is none. */
struct known_family *text_index_family(const struct text_index *index, struct slice name,
				       uint64_t hash);

/* A family that is not in it; NULL when the arena refuses. */
must_check struct known_family *text_index_add_family(struct text_index *index,
						      struct family *family, uint64_t hash);

/* The metric of a family with these sorted labels, or NULL; then, unless the arena refuses,
 * text_index_add_series may be called with the metric made for them. */
struct metric *text_index_series(struct text_index *index, const struct known_family *known,
				 const struct label *sorted, uint32_t n);
must_check bool text_index_add_series(struct text_index *index, const struct known_family *known,
				      struct metric *metric);
