/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /metrics: a snapshot, written family by family and chunk by chunk while it is sent. A chunk's
 * text is made by the first scrape that needs it and kept with the chunk until a push changes it.
 *
 * The gateway's own families come in between, in the order of names. Where one was pushed by the name
 * of an own one, the two are one family: own series go between the chunks, and only a chunk into
 * which one falls is written anew. */
#include <stdlib.h>

#include "app/app_private.h"
#include "base/clock.h"
#include "format/text_write.h"

enum {
	HEAD_BYTES_MAX = 16 * 1024 * 1024,
	CHUNK_BYTES_MAX = 256 * 1024 * 1024,
	OWN_BYTES_MAX = 1024 * 1024,
};

/* Text that was made once and is kept in the store. */
struct chunk {
	size_t len;
	char text[];
};

/* An own family, and its text in `own_text`. */
struct own {
	const struct own_family *family;
	struct block *block;
	size_t head_at, series_at, end;
};

struct scrape {
	struct app *app;
	const struct snapshot *snapshot;
	struct order_walk families; /* leaves of families */
	const struct order_node *family_leaf;
	uint32_t family_at;

	struct own *owns;
	size_t n_owns, own_at;
	struct buf own_text;

	/* of the family being written: one of them may be NULL */
	const struct store_family_version *family;
	const struct own *own;
	uint32_t own_series_at;
	struct order_walk chunks;
	const struct order_node *chunk; /* the next; NULL: there is none left */
	struct buf mixed;               /* of own series and pushed ones */
};

/* Takes what `out` holds; NULL: out of memory. */
static struct chunk *chunk_of(struct buf *out)
{
	struct chunk *chunk = buf_ok(out) ? malloc(sizeof(*chunk) + out->len) : NULL;

	if (chunk != NULL) {
		chunk->len = out->len;
		if (out->len > 0)
			memcpy(chunk->text, out->ptr, out->len);
	}
	buf_free(out);
	return chunk;
}

static const struct chunk *head_chunk(const struct store_family_version *family)
{
	struct chunk *chunk = atomic_load_explicit(&family->head, memory_order_acquire);
	struct buf out;

	if (chunk != NULL)
		return chunk;
	buf_init(&out, HEAD_BYTES_MAX);
	text_write_head(&out, family->name, family->help == NULL ? NULL : &family->help->text,
			family->type);
	chunk = chunk_of(&out);
	return chunk == NULL ? NULL : family_head_keep(family, chunk);
}

static const struct chunk *series_chunk(const struct store_family_version *family,
					const struct order_node *leaf)
{
	struct chunk *chunk = atomic_load_explicit(&leaf->made, memory_order_acquire);
	struct buf out;

	if (chunk != NULL)
		return chunk;
	buf_init(&out, CHUNK_BYTES_MAX);
	for (uint32_t i = 0; i < leaf->n; i++)
		text_write_series(&out, family->name, leaf->child[i]);
	chunk = chunk_of(&out);
	return chunk == NULL ? NULL : order_leaf_keep(leaf, chunk);
}

/* The next family of the store, which stays the next. NULL: there is none left. */
static const struct store_family_version *family_ahead(struct scrape *s)
{
	while (s->family_leaf == NULL || s->family_at == s->family_leaf->n) {
		s->family_leaf = order_walk_next(&s->families);
		s->family_at = 0;
		if (s->family_leaf == NULL)
			return NULL;
	}
	return s->family_leaf->child[s->family_at];
}

/* One that was pushed with another type before the own one came up stays a family of its own. */
static bool same_family(const struct store_family_version *family, const struct own *own)
{
	return slice_eq(family->name, own->family->name) && family->type == own->family->type;
}

static bool next_family(struct scrape *s)
{
	const struct store_family_version *family = family_ahead(s);
	const struct own *own = s->own_at == s->n_owns ? NULL : &s->owns[s->own_at];

	s->family = family;
	s->own = own;
	if (family == NULL && own == NULL)
		return false;
	if (family != NULL && own != NULL && !same_family(family, own)) {
		if (slice_compare(family->name, own->family->name) < 0)
			s->own = NULL;
		else
			s->family = NULL;
	}
	s->own_series_at = 0;
	s->chunk = NULL;
	if (s->own != NULL)
		s->own_at++;
	if (s->family != NULL) {
		s->family_at++;
		order_walk_start(&s->chunks, s->family->series);
		s->chunk = order_walk_next(&s->chunks);
	}
	return true;
}

static enum http_piece give_chunk(const struct chunk *chunk, struct slice *ret_piece)
{
	if (chunk == NULL)
		return HTTP_PIECE_FAILED;
	*ret_piece = (struct slice){chunk->text, chunk->len};
	return HTTP_PIECE;
}

static enum http_piece give_chunk_of_series(struct scrape *s, struct slice *ret_piece)
{
	const struct order_node *leaf = s->chunk;

	s->chunk = order_walk_next(&s->chunks);
	return give_chunk(series_chunk(s->family, leaf), ret_piece);
}

static enum http_piece give_own(const struct scrape *s, size_t from, size_t to,
				struct slice *ret_piece)
{
	*ret_piece = (struct slice){s->own_text.ptr + from, to - from};
	return HTTP_PIECE;
}

static const struct series *own_series(const struct scrape *s)
{
	return s->own == NULL || s->own_series_at == s->own->block->n_series
		       ? NULL
		       : block_series(s->own->block, s->own_series_at);
}

/* Own series up to the end of the next chunk, and that chunk if one falls into it. */
static enum http_piece give_mixed(struct scrape *s, struct slice *ret_piece)
{
	const struct order_node *leaf = s->chunk;
	const struct series *own;
	uint32_t i = 0;

	buf_clear(&s->mixed);
	while ((own = own_series(s)) != NULL) {
		while (i < leaf->n && series_compare(leaf->child[i], own) < 0)
			text_write_series(&s->mixed, s->family->name, leaf->child[i++]);
		if (i == leaf->n)
			break;
		text_write_series(&s->mixed, s->family->name, own);
		s->own_series_at++;
	}
	if (i > 0) {
		while (i < leaf->n)
			text_write_series(&s->mixed, s->family->name, leaf->child[i++]);
		s->chunk = order_walk_next(&s->chunks);
	}
	if (!buf_ok(&s->mixed))
		return HTTP_PIECE_FAILED;
	*ret_piece = buf_slice(&s->mixed);
	return HTTP_PIECE_BRIEF;
}

static enum http_piece give_head(struct scrape *s, struct slice *ret_piece)
{
	if (s->own == NULL)
		return give_chunk(head_chunk(s->family), ret_piece);
	if (s->family != NULL)
		return give_own(s, s->own->head_at, s->own->series_at, ret_piece);
	s->own_series_at = s->own->block->n_series;
	return give_own(s, s->own->head_at, s->own->end, ret_piece);
}

static enum http_piece scrape_next(void *state, struct slice *ret_piece)
{
	struct scrape *s = state;
	const struct series *own = own_series(s);

	if (s->chunk == NULL && own == NULL)
		return next_family(s) ? give_head(s, ret_piece) : HTTP_PIECE_END;
	if (s->chunk == NULL) {
		buf_clear(&s->mixed);
		for (; own != NULL; s->own_series_at++, own = own_series(s))
			text_write_series(&s->mixed, s->own->family->name, own);
		*ret_piece = buf_slice(&s->mixed);
		return buf_ok(&s->mixed) ? HTTP_PIECE_BRIEF : HTTP_PIECE_FAILED;
	}
	if (own == NULL || series_compare(s->chunk->child[s->chunk->n - 1], own) < 0)
		return give_chunk_of_series(s, ret_piece);
	return give_mixed(s, ret_piece);
}

static void scrape_free(struct scrape *s)
{
	if (s->snapshot != NULL)
		snapshot_release(s->snapshot);
	for (size_t i = 0; i < s->n_owns; i++)
		block_free(s->owns[i].block);
	free(s->owns);
	buf_free(&s->own_text);
	buf_free(&s->mixed);
	free(s);
}

static void scrape_release(void *state)
{
	struct scrape *s = state;

	atomic_fetch_sub(&s->app->n_scrapes, 1);
	scrape_free(s);
}

/* Takes the blocks. */
static void write_own(struct scrape *s, const struct self_family *families, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct own_family *family = families[i].family;
		struct own *own = &s->owns[s->n_owns++];

		*own = (struct own){.family = family, .block = families[i].block};
		own->head_at = s->own_text.len;
		text_write_head(&s->own_text, family->name, &family->help, family->type);
		own->series_at = s->own_text.len;
		for (uint32_t j = 0; j < own->block->n_series; j++)
			text_write_series(&s->own_text, family->name, block_series(own->block, j));
		own->end = s->own_text.len;
	}
}

static bool collect_own(struct scrape *s, struct arena *arena)
{
	struct self_family *families;
	size_t n;

	if (!self_metrics_collect(s->app->options.self, clock_monotonic_ns(), arena, &families, &n))
		return false;
	s->owns = reallocarray(NULL, n, sizeof(*s->owns));
	if (s->owns != NULL)
		write_own(s, families, n);
	for (size_t i = s->n_owns; i < n; i++)
		block_free(families[i].block);
	return s->owns != NULL && buf_ok(&s->own_text);
}

static struct scrape *scrape_new(struct app *app, struct arena *arena)
{
	struct scrape *s = malloc(sizeof(*s));

	if (s == NULL)
		return NULL;
	*s = (struct scrape){.app = app, .snapshot = store_snapshot(keeper_store(app->keeper))};
	buf_init(&s->own_text, OWN_BYTES_MAX);
	buf_init(&s->mixed, CHUNK_BYTES_MAX);
	if (s->snapshot == NULL || !collect_own(s, arena)) {
		scrape_free(s);
		return NULL;
	}
	order_walk_start(&s->families, snapshot_families(s->snapshot));
	return s;
}

void handle_scrape(struct worker *w, struct http_exchange *x)
{
	static const struct http_header headers[] = {
		{SLICE_TEXT("Content-Type"),
		 SLICE_TEXT("text/plain; version=0.0.4; charset=utf-8; escaping=underscores")},
	};
	struct scrape *s;

	if (atomic_fetch_add(&w->app->n_scrapes, 1) >= w->app->options.scrapes_max) {
		atomic_fetch_sub(&w->app->n_scrapes, 1);
		http_answer_error(x, 503, SLICE("too many scrapes at once (--web.max-scrapes)"));
		return;
	}
	s = scrape_new(w->app, &w->arena);
	if (s == NULL) {
		atomic_fetch_sub(&w->app->n_scrapes, 1);
		http_answer_error(x, 503, SLICE("out of memory"));
		return;
	}
	http_answer(x, &(struct http_answer){
			       .status = 200,
			       .headers = headers,
			       .n_headers = 1,
			       .producer = &(struct http_producer){.next = scrape_next,
								   .release = scrape_release,
								   .state = s},
		       });
}
