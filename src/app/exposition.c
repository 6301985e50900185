/* SPDX-License-Identifier: Apache-2.0
 *
 * The gateway's own families come in between those of the store, in the order of names. Where one
 * was pushed by the name of an own one, the two are one family: own series go between the chunks,
 * and only a chunk into which one falls is written anew. */
#include "app/exposition.h"

#include <stdlib.h>

#include "app/app_private.h"
#include "base/clock.h"
#include "format/debug_write.h"
#include "format/family_rest.h"
#include "format/openmetrics_write.h"
#include "format/protobuf_write.h"
#include "format/text_write.h"

/* What was pushed was small enough to be pushed; malloc has the last word. */
static const size_t PIECE_BYTES_MAX = SIZE_MAX / 16;

/* What a leaf's text was compressed to, kept in the store. The text itself is made again for each
 * scrape that wants it: that costs about as much as reading it back from memory, and memory is what
 * it would take most of. */
struct chunk {
	struct made made;
	struct squeeze_slots slots;
	bool plain; /* the text is the same in every scheme of escaping */
	uint32_t head_len;
	char head[]; /* of its family, which the text begins with: the first leaf's, else empty */
};

/* An own family, and its text in `own_text`. */
struct own {
	const struct own_family *family;
	struct block *block;
	size_t head_at, series_at, end;
};

struct exposing {
	enum exposition format;
	enum escaping escaping;
	enum http_coding coding; /* of the answer */
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
	struct buf brief;               /* made for this scrape alone, until the next piece */
	struct buf wire;                /* a message that becomes protobuf text */
	bool family_open;               /* its protobuf text lacks its end */
	bool ended;                     /* what stands behind the last family has been given */
	struct squeeze_slots *slots;    /* of the last piece; NULL: it is not kept */
};

static void chunk_drop(struct made *made)
{
	struct chunk *chunk = (struct chunk *)made;

	squeeze_slots_free(&chunk->slots);
	free(chunk);
}

static bool write_leaf(struct buf *out, enum escaping escaping,
		       const struct store_family_version *family, const struct order_node *leaf)
{
	return text_write_all(out, escaping, family->name, leaf->child, leaf->n);
}

static struct chunk *chunk_of(const struct order_node *leaf)
{
	return atomic_load_explicit(&leaf->made, memory_order_acquire);
}

static bool has_head(const struct chunk *chunk, struct slice head)
{
	return slice_eq((struct slice){chunk->head, chunk->head_len}, head);
}

/* The leaf's, made when it has none. NULL: out of memory, or its text is another one: the leaf
 * became its family's first, or another leaf did. */
static struct chunk *chunk_make(const struct order_node *leaf, bool plain, struct slice head)
{
	struct chunk *chunk = chunk_of(leaf);

	if (chunk == NULL) {
		chunk = malloc(sizeof(*chunk) + head.len);
		if (chunk == NULL)
			return NULL;
		*chunk = (struct chunk){
			.made = {chunk_drop}, .plain = plain, .head_len = (uint32_t)head.len};
		memcpy(chunk->head, head.ptr, head.len);
		chunk = order_leaf_keep(leaf, chunk);
	}
	return has_head(chunk, head) ? chunk : NULL;
}

static enum http_piece give_brief(const struct exposing *s, struct slice *ret_piece)
{
	if (!buf_ok(&s->brief))
		return HTTP_PIECE_FAILED;
	*ret_piece = buf_slice(&s->brief);
	return HTTP_PIECE_BRIEF;
}

static bool fits_scheme(const struct exposing *s, bool plain)
{
	return plain || s->escaping == ESCAPING_ALLOW_UTF8;
}

/* What is in `brief`, the family's head or nothing, and the series of a leaf as text; without text
 * where its compressed form is kept. One piece, so that a scrape of which nothing changed
 * compresses no heads. */
static enum http_piece give_chunk(struct exposing *s, const struct order_node *leaf,
				  struct slice *ret_piece)
{
	struct chunk *chunk = chunk_of(leaf);
	size_t head_len = s->brief.len;
	bool plain;

	if (chunk != NULL && fits_scheme(s, chunk->plain) &&
	    has_head(chunk, buf_slice(&s->brief)) && squeeze_kept(&chunk->slots, s->coding)) {
		s->slots = &chunk->slots;
		*ret_piece = SLICE_EMPTY;
		return HTTP_PIECE;
	}
	plain = write_leaf(&s->brief, s->escaping, s->family, leaf);
	if (s->coding != CODING_IDENTITY && s->brief.len >= SQUEEZE_LARGE_BYTES &&
	    buf_ok(&s->brief) && fits_scheme(s, plain)) {
		chunk = chunk_make(leaf, plain, (struct slice){s->brief.ptr, head_len});
		s->slots = chunk == NULL ? NULL : &chunk->slots;
	}
	return give_brief(s, ret_piece);
}

/* ---- protobuf ---- */

static enum debug_style debug_style(const struct exposing *s)
{
	return s->format == EXPOSITION_COMPACT ? DEBUG_LINE : DEBUG_LINES;
}

/* The message in `wire`, part of a MetricFamily, as text. */
static void put_debug(struct exposing *s, bool follows)
{
	debug_write_message(&s->brief, &schema_family, buf_slice(&s->wire), debug_style(s),
			    follows);
	if (!buf_ok(&s->wire))
		s->brief.failed = true;
}

static void put_family_end(struct exposing *s)
{
	if (s->family_open)
		buf_put(&s->brief, s->format == EXPOSITION_COMPACT ? SLICE("\n") : SLICE("\n\n"));
	s->family_open = false;
}

/* One series, in any format, to `brief`. */
static void put_series(struct exposing *s, struct slice family, const struct series *series)
{
	switch (s->format) {
	case EXPOSITION_TEXT:
		(void)text_write_series(&s->brief, s->escaping, family, series);
		return;
	case EXPOSITION_DELIMITED:
		protobuf_write_series(&s->brief, s->escaping, series);
		return;
	case EXPOSITION_PROTO_TEXT:
	case EXPOSITION_COMPACT:
		buf_clear(&s->wire);
		protobuf_write_series(&s->wire, s->escaping, series);
		put_debug(s, true);
		return;
	case EXPOSITION_OPENMETRICS_1_0_0:
	case EXPOSITION_OPENMETRICS_0_0_1:
		openmetrics_write_series(&s->brief, s->escaping, family, series);
		return;
	}
	not_reached();
}

static uint64_t metrics_bytes(const struct exposing *s)
{
	const struct order_node *leaf;
	struct order_walk walk;
	uint64_t bytes = 0;

	for (uint32_t i = 0; s->own != NULL && i < s->own->block->n_series; i++)
		bytes += protobuf_series_bytes(s->escaping, block_series(s->own->block, i));
	if (s->family == NULL)
		return bytes;
	order_walk_start(&walk, s->family->series);
	while ((leaf = order_walk_next(&walk)) != NULL)
		bytes += protobuf_all_bytes(s->escaping, leaf->child, leaf->n);
	return bytes;
}

/* That of the first series, as its help is; the gateway's own families have none. */
static struct slice family_unit(const struct exposing *s)
{
	if (s->family == NULL || s->chunk == NULL)
		return SLICE_EMPTY;
	return family_rest_unit(block_rest(series_block(s->chunk->child[0])));
}

/* The head of the family at hand, in any format but text, to `brief`. */
static void put_head(struct exposing *s)
{
	struct slice name = s->own != NULL ? s->own->family->name : s->family->name;
	enum metric_type type = s->own != NULL ? s->own->family->type : s->family->type;
	const struct slice *help = s->own != NULL            ? &s->own->family->help
				   : s->family->help != NULL ? &s->family->help->text
							     : NULL;

	if (exposition_is_openmetrics(s->format)) {
		openmetrics_write_head(&s->brief, s->escaping, name, help, family_unit(s), type);
		return;
	}
	buf_clear(&s->wire);
	protobuf_write_head(&s->wire, s->escaping, name, help, type);
	if (s->format == EXPOSITION_DELIMITED) {
		protobuf_write_length(&s->brief, s->wire.len + metrics_bytes(s));
		buf_put(&s->brief, buf_slice(&s->wire));
		return;
	}
	put_family_end(s);
	put_debug(s, false);
	s->family_open = true;
}

/* ---- families ---- */

/* The next family of the store, which stays the next. NULL: there is none left. */
static const struct store_family_version *family_ahead(struct exposing *s)
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

static bool next_family(struct exposing *s)
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

static enum http_piece give_chunk_of_series(struct exposing *s, struct slice *ret_piece)
{
	const struct order_node *leaf = s->chunk;

	s->chunk = order_walk_next(&s->chunks);
	buf_clear(&s->brief);
	if (s->format == EXPOSITION_TEXT)
		return give_chunk(s, leaf, ret_piece);
	if (s->format == EXPOSITION_DELIMITED)
		protobuf_write_all(&s->brief, s->escaping, leaf->child, leaf->n);
	for (uint32_t i = 0; s->format != EXPOSITION_DELIMITED && i < leaf->n; i++) {
		series_fetch_ahead(leaf->child, leaf->n, i);
		put_series(s, s->family->name, leaf->child[i]);
	}
	return give_brief(s, ret_piece);
}

static enum http_piece give_own(const struct exposing *s, size_t from, size_t to,
				struct slice *ret_piece)
{
	*ret_piece = (struct slice){s->own_text.ptr + from, to - from};
	return HTTP_PIECE;
}

static const struct series *own_series(const struct exposing *s)
{
	return s->own == NULL || s->own_series_at == s->own->block->n_series
		       ? NULL
		       : block_series(s->own->block, s->own_series_at);
}

/* Own series up to the end of the next chunk, and that chunk if one falls into it. */
static enum http_piece give_mixed(struct exposing *s, struct slice *ret_piece)
{
	const struct order_node *leaf = s->chunk;
	const struct series *own;
	uint32_t i = 0;

	buf_clear(&s->brief);
	while ((own = own_series(s)) != NULL) {
		while (i < leaf->n && series_compare(leaf->child[i], own) < 0)
			put_series(s, s->family->name, leaf->child[i++]);
		if (i == leaf->n)
			break;
		put_series(s, s->family->name, own);
		s->own_series_at++;
	}
	if (i > 0) {
		while (i < leaf->n)
			put_series(s, s->family->name, leaf->child[i++]);
		s->chunk = order_walk_next(&s->chunks);
	}
	return give_brief(s, ret_piece);
}

/* The head of a family of the store alone, and its first leaf. */
static enum http_piece give_first_chunk(struct exposing *s, struct slice *ret_piece)
{
	const struct order_node *leaf = s->chunk;
	const struct help *help = s->family->help;

	assert(leaf != NULL);
	s->chunk = order_walk_next(&s->chunks);
	buf_clear(&s->brief);
	(void)text_write_head(&s->brief, s->escaping, s->family->name,
			      help == NULL ? NULL : &help->text, s->family->type);
	return give_chunk(s, leaf, ret_piece);
}

static enum http_piece give_head(struct exposing *s, struct slice *ret_piece)
{
	if (s->format != EXPOSITION_TEXT) {
		buf_clear(&s->brief);
		put_head(s);
		return give_brief(s, ret_piece);
	}
	if (s->own == NULL)
		return give_first_chunk(s, ret_piece);
	if (s->family != NULL)
		return give_own(s, s->own->head_at, s->own->series_at, ret_piece);
	s->own_series_at = s->own->block->n_series;
	return give_own(s, s->own->head_at, s->own->end, ret_piece);
}

/* After the last family. */
static enum http_piece give_end(struct exposing *s, struct slice *ret_piece)
{
	bool ends = exposition_is_openmetrics(s->format) && !s->ended;

	if (!s->family_open && !ends)
		return HTTP_PIECE_END;
	buf_clear(&s->brief);
	put_family_end(s);
	if (ends)
		buf_put(&s->brief, OPENMETRICS_END);
	s->ended = true;
	return give_brief(s, ret_piece);
}

static enum http_piece next_piece(struct exposing *s, struct slice *ret_piece)
{
	const struct series *own = own_series(s);

	if (s->chunk == NULL && own == NULL)
		return next_family(s) ? give_head(s, ret_piece) : give_end(s, ret_piece);
	if (s->chunk == NULL) {
		buf_clear(&s->brief);
		for (; own != NULL; s->own_series_at++, own = own_series(s))
			put_series(s, s->own->family->name, own);
		return give_brief(s, ret_piece);
	}
	if (own == NULL || series_compare(s->chunk->child[s->chunk->n - 1], own) < 0)
		return give_chunk_of_series(s, ret_piece);
	return give_mixed(s, ret_piece);
}

static enum http_piece exposition_next(void *state, struct slice *ret_text,
				       struct squeeze_slots **ret_slots)
{
	struct exposing *s = state;
	enum http_piece said;

	s->slots = NULL;
	said = next_piece(s, ret_text);
	*ret_slots = s->slots;
	return said;
}

static void exposition_release(void *state)
{
	struct exposing *s = state;

	for (size_t i = 0; i < s->n_owns; i++)
		block_free(s->owns[i].block);
	free(s->owns);
	buf_free(&s->own_text);
	buf_free(&s->brief);
	buf_free(&s->wire);
	free(s);
}

/* Takes the blocks. */
static void write_own(struct exposing *s, const struct self_family *families, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct own_family *family = families[i].family;
		struct own *own = &s->owns[s->n_owns++];

		*own = (struct own){.family = family, .block = families[i].block};
		if (s->format != EXPOSITION_TEXT)
			continue;
		own->head_at = s->own_text.len;
		(void)text_write_head(&s->own_text, s->escaping, family->name, &family->help,
				      family->type);
		own->series_at = s->own_text.len;
		for (uint32_t j = 0; j < own->block->n_series; j++)
			(void)text_write_series(&s->own_text, s->escaping, family->name,
						block_series(own->block, j));
		own->end = s->own_text.len;
	}
}

static bool collect_own(struct exposing *s, struct self_metrics *self, struct arena *arena)
{
	struct self_family *families;
	size_t n;

	if (!self_metrics_collect(self, clock_monotonic_ns(), arena, &families, &n))
		return false;
	s->owns = reallocarray(NULL, n, sizeof(*s->owns));
	if (s->owns != NULL)
		write_own(s, families, n);
	for (size_t i = s->n_owns; i < n; i++)
		block_free(families[i].block);
	return s->owns != NULL && buf_ok(&s->own_text);
}

bool exposition_open(const struct snapshot *snapshot, struct self_metrics *self,
		     struct accept_choice choice, enum http_coding coding, struct arena *arena,
		     struct squeeze_source *ret)
{
	struct exposing *s = malloc(sizeof(*s));

	if (s == NULL)
		return false;
	*s = (struct exposing){.snapshot = snapshot,
			       .format = choice.exposition,
			       .escaping = choice.escaping,
			       .coding = coding};
	buf_init(&s->own_text, PIECE_BYTES_MAX);
	buf_init(&s->brief, PIECE_BYTES_MAX);
	buf_init(&s->wire, PIECE_BYTES_MAX);
	if (!collect_own(s, self, arena)) {
		exposition_release(s);
		return false;
	}
	order_walk_start(&s->families, snapshot_families(snapshot));
	*ret = (struct squeeze_source){
		.next = exposition_next, .release = exposition_release, .state = s};
	return true;
}
