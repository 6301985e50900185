/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /metrics: a snapshot, written family by family and chunk by chunk while it is sent. A chunk's
 * text is made by the first scrape that needs it and kept with the chunk until a push changes it.
 * What is kept has its names in UTF-8; a scrape that wants them escaped takes it where all names
 * are legacy-valid, as they are almost always, and has its own text made where they are not. */
#include <stdlib.h>

#include "app/app_private.h"
#include "base/log.h"
#include "format/accept.h"
#include "format/text_write.h"
#include "http/squeeze.h"
#include "store/check_snapshot.h"

enum { HEAD_BYTES_MAX = 16 * 1024 * 1024, CHUNK_BYTES_MAX = 256 * 1024 * 1024,
       FAULTS_BYTES_MAX = 4 * 1024 * 1024 };
enum { ESCAPED_BYTES_MAX = ESCAPE_GROWTH_MAX * CHUNK_BYTES_MAX };

/* Text that was made once and is kept in the store, and beside it what it was compressed to. */
struct chunk {
	struct made made;
	struct squeeze_slots slots;
	size_t len;
	bool plain; /* the same in every scheme of escaping */
	char text[];
};

struct scrape {
	struct app *app;
	const struct snapshot *snapshot;
	struct order_walk families; /* leaves of families */
	const struct order_node *family_leaf;
	uint32_t family_at;
	const struct store_family_version *family;
	struct order_walk chunks; /* of the family */
	struct accept_choice choice;
	struct buf escaped; /* a text of this scrape alone, until the next one */
	struct squeeze_slots *slots; /* of the last piece; NULL: it is not kept */
};

static void chunk_drop(struct made *made)
{
	struct chunk *chunk = (struct chunk *)made;

	squeeze_slots_free(&chunk->slots);
	free(chunk);
}

/* Takes what `out` holds; NULL: out of memory. */
static struct chunk *chunk_of(struct buf *out, bool plain)
{
	struct chunk *chunk = buf_ok(out) ? malloc(sizeof(*chunk) + out->len) : NULL;

	if (chunk != NULL) {
		*chunk = (struct chunk){.made = {chunk_drop}, .len = out->len, .plain = plain};
		if (out->len > 0)
			memcpy(chunk->text, out->ptr, out->len);
	}
	buf_free(out);
	return chunk;
}

static bool write_head(struct buf *out, enum escaping escaping,
		       const struct store_family_version *family)
{
	return text_write_head(out, escaping, family->name,
			       family->help == NULL ? NULL : &family->help->text, family->type);
}

static bool write_leaf(struct buf *out, enum escaping escaping,
		       const struct store_family_version *family, const struct order_node *leaf)
{
	bool plain = true;

	for (uint32_t i = 0; i < leaf->n; i++)
		plain = text_write_series(out, escaping, family->name, leaf->child[i]) && plain;
	return plain;
}

static struct chunk *head_chunk(const struct store_family_version *family)
{
	struct chunk *chunk = atomic_load_explicit(&family->head, memory_order_acquire);
	struct buf out;
	bool plain;

	if (chunk != NULL)
		return chunk;
	buf_init(&out, HEAD_BYTES_MAX);
	plain = write_head(&out, ESCAPING_ALLOW_UTF8, family);
	chunk = chunk_of(&out, plain);
	return chunk == NULL ? NULL : family_head_keep(family, chunk);
}

static struct chunk *series_chunk(const struct store_family_version *family,
				  const struct order_node *leaf)
{
	struct chunk *chunk = atomic_load_explicit(&leaf->made, memory_order_acquire);
	struct buf out;
	bool plain;

	if (chunk != NULL)
		return chunk;
	buf_init(&out, CHUNK_BYTES_MAX);
	plain = write_leaf(&out, ESCAPING_ALLOW_UTF8, family, leaf);
	chunk = chunk_of(&out, plain);
	return chunk == NULL ? NULL : order_leaf_keep(leaf, chunk);
}

/* A head, or with a leaf its series, in the scheme asked for. */
static enum http_piece escaped_piece(struct scrape *s, const struct order_node *leaf,
				     struct slice *ret_piece)
{
	buf_clear(&s->escaped);
	if (leaf == NULL)
		(void)write_head(&s->escaped, s->choice.escaping, s->family);
	else
		(void)write_leaf(&s->escaped, s->choice.escaping, s->family, leaf);
	if (!buf_ok(&s->escaped))
		return HTTP_PIECE_FAILED;
	*ret_piece = buf_slice(&s->escaped);
	return HTTP_PIECE_BRIEF;
}

static bool next_family(struct scrape *s)
{
	while (s->family_leaf == NULL || s->family_at == s->family_leaf->n) {
		s->family_leaf = order_walk_next(&s->families);
		s->family_at = 0;
		if (s->family_leaf == NULL)
			return false;
	}
	s->family = s->family_leaf->child[s->family_at++];
	order_walk_start(&s->chunks, s->family->series);
	return true;
}

static enum http_piece scrape_next(void *state, struct slice *ret_piece)
{
	struct scrape *s = state;
	const struct order_node *leaf = s->family == NULL ? NULL : order_walk_next(&s->chunks);
	struct chunk *chunk;

	s->slots = NULL;
	if (leaf == NULL && !next_family(s))
		return HTTP_PIECE_END;
	chunk = leaf == NULL ? head_chunk(s->family) : series_chunk(s->family, leaf);
	if (chunk == NULL)
		return HTTP_PIECE_FAILED;
	if (!chunk->plain && s->choice.escaping != ESCAPING_ALLOW_UTF8)
		return escaped_piece(s, leaf, ret_piece);
	s->slots = &chunk->slots;
	*ret_piece = (struct slice){chunk->text, chunk->len};
	return HTTP_PIECE;
}

static enum http_piece scrape_next_text(void *state, struct slice *ret_text,
					struct squeeze_slots **ret_slots)
{
	struct scrape *s = state;
	enum http_piece said = scrape_next(state, ret_text);

	*ret_slots = s->slots;
	return said;
}

static void scrape_release(void *state)
{
	struct scrape *s = state;

	snapshot_release(s->snapshot);
	buf_free(&s->escaped);
	atomic_fetch_sub(&s->app->n_scrapes, 1);
	free(s);
}

static struct accept_choice choose(const struct http_exchange *x)
{
	struct slice accept = SLICE_EMPTY;

	(void)http_header_get(http_exchange_request(x), SLICE("Accept"), &accept);
	return accept_choose(accept);
}

static struct scrape *scrape_new(struct app *app, struct accept_choice choice)
{
	struct scrape *s = malloc(sizeof(*s));

	if (s == NULL)
		return NULL;
	*s = (struct scrape){
	    .app = app, .snapshot = store_snapshot(keeper_store(app->keeper)), .choice = choice};
	buf_init(&s->escaped, ESCAPED_BYTES_MAX);
	if (s->snapshot == NULL) {
		free(s);
		return NULL;
	}
	order_walk_start(&s->families, snapshot_families(s->snapshot));
	return s;
}

/* Pushes that nobody checked may contradict each other. False when an answer has been given. */
static bool scrape_consistent(struct worker *w, struct http_exchange *x,
			      const struct snapshot *snapshot)
{
	struct faults faults;
	struct buf text;
	bool complete;

	if (!w->app->options.unchecked || snapshot_consistent(snapshot))
		return true;
	faults_init(&faults);
	buf_init(&text, FAULTS_BYTES_MAX);
	complete = check_snapshot(snapshot, &w->arena, &faults);
	if (faults.n > 0) {
		buf_put(&text, SLICE("error gathering metrics: "));
		faults_write(&faults, &text);
		log_error(buf_slice(&text));
		buf_clear(&text);
		buf_put(&text, SLICE("An error has occurred while serving metrics:\n\n"));
		faults_write(&faults, &text);
		http_answer_error(x, 500, buf_slice(&text));
	} else if (!complete) {
		http_answer_error(x, 503, SLICE("out of memory"));
	} else {
		snapshot_set_consistent(snapshot);
	}
	complete = complete && faults.n == 0;
	buf_free(&text);
	faults_free(&faults);
	return complete;
}

/* Answers with what the scrape gives; takes it. */
static void answer_scrape(struct http_exchange *x, struct scrape *s, enum http_coding coding)
{
	static const struct slice names[] = {
		[CODING_IDENTITY] = SLICE_TEXT("identity"),
		[CODING_GZIP] = SLICE_TEXT("gzip"),
		[CODING_ZSTD] = SLICE_TEXT("zstd"),
	};
	const struct squeeze_source source = {
		.next = scrape_next_text, .release = scrape_release, .state = s};
	const struct http_header headers[] = {
		{SLICE("Content-Encoding"), names[coding]},
		{SLICE("Content-Type"), accept_content_type(s->choice)},
	};
	size_t skipped = coding == CODING_IDENTITY ? 1 : 0;
	struct http_producer producer;

	if (!squeeze_open(&source, coding, &producer)) {
		scrape_release(s);
		http_answer_error(x, 503, SLICE("out of memory"));
		return;
	}
	http_answer(x, &(struct http_answer){
			       .status = 200,
			       .headers = headers + skipped,
			       .n_headers = sizeof(headers) / sizeof(headers[0]) - skipped,
			       .producer = &producer,
		       });
}

static enum http_coding choose_coding(const struct http_exchange *x)
{
	bool refused;
	enum http_coding coding = accept_encoding(http_exchange_request(x), &refused);

	if (refused)
		log_error(SLICE("error getting writer content compression format not recognized: . "
				"Valid formats are: [identity gzip]"));
	return coding;
}

void handle_scrape(struct worker *w, struct http_exchange *x)
{
	struct scrape *s;

	if (atomic_fetch_add(&w->app->n_scrapes, 1) >= w->app->options.scrapes_max) {
		atomic_fetch_sub(&w->app->n_scrapes, 1);
		http_answer_error(x, 503, SLICE("too many scrapes at once (--web.max-scrapes)"));
		return;
	}
	s = scrape_new(w->app, choose(x));
	if (s == NULL) {
		atomic_fetch_sub(&w->app->n_scrapes, 1);
		http_answer_error(x, 503, SLICE("out of memory"));
		return;
	}
	if (!scrape_consistent(w, x, s->snapshot)) {
		scrape_release(s);
		return;
	}
	answer_scrape(x, s, choose_coding(x));
}
