/* SPDX-License-Identifier: Apache-2.0 */
#include "http/squeeze.h"

#include <stdlib.h>
#include <zstd.h>

#include "http/deflate.h"

enum {
	GATHER_BYTES = 32 * 1024, /* at least so much is compressed together, if it comes */
	ZSTD_LEVEL = 1,
};

struct squeezed {
	size_t len;
	struct gzip_part text; /* for gzip */
	char bytes[];
};

struct squeeze {
	struct squeeze_source source;
	enum http_coding coding;

	/* the working memory of the coding, from when it is needed */
	struct deflater *deflater;
	ZSTD_CCtx *zstd;

	struct buf gathered; /* text */
	struct buf out;      /* compressed, until the next piece */

	/* a large piece that came while something was gathered, and goes behind it */
	bool waits;
	struct slice text;
	struct squeeze_slots *slots;

	bool begun;
	bool source_ended;
	bool ended;
	struct gzip_sum sum;
	char tail[GZIP_TAIL_BYTES];
};

void squeeze_slots_free(struct squeeze_slots *slots)
{
	free(atomic_load_explicit(&slots->gzip, memory_order_acquire));
	free(atomic_load_explicit(&slots->zstd, memory_order_acquire));
}

static _Atomic(struct squeezed *) *slot_of(struct squeeze_slots *slots, enum http_coding coding)
{
	return coding == CODING_GZIP ? &slots->gzip : &slots->zstd;
}

bool squeeze_kept(struct squeeze_slots *slots, enum http_coding coding)
{
	return coding != CODING_IDENTITY &&
	       atomic_load_explicit(slot_of(slots, coding), memory_order_acquire) != NULL;
}

static void put_frame(struct squeeze *q, struct slice text)
{
	size_t room_bytes = ZSTD_compressBound(text.len), n;
	char *room = buf_reserve(&q->out, room_bytes);

	if (room == NULL)
		return;
	n = ZSTD_compressCCtx(q->zstd, room, room_bytes, text.ptr, text.len, ZSTD_LEVEL);
	if (ZSTD_isError(n))
		q->out.failed = true; /* the room is enough: no memory */
	else
		buf_advance(&q->out, n);
}

/* Into `out`. False: out of memory. */
static bool compress(struct squeeze *q, struct slice text)
{
	buf_clear(&q->out);
	if (q->coding == CODING_GZIP) {
		if (q->deflater == NULL)
			q->deflater = deflater_new();
		if (q->deflater == NULL)
			return false;
		deflate_text(q->deflater, text, &q->out);
	} else {
		if (q->zstd == NULL)
			q->zstd = ZSTD_createCCtx();
		if (q->zstd == NULL)
			return false;
		put_frame(q, text);
	}
	return buf_ok(&q->out);
}

static enum http_piece give(struct squeeze *q, struct slice text, struct slice *ret)
{
	if (!compress(q, text))
		return HTTP_PIECE_FAILED;
	if (q->coding == CODING_GZIP) {
		struct gzip_part part = gzip_part(text);

		gzip_sum_add(&q->sum, &part);
	}
	*ret = buf_slice(&q->out);
	return HTTP_PIECE_BRIEF;
}

static enum http_piece give_gathered(struct squeeze *q, struct slice *ret)
{
	enum http_piece said = give(q, buf_slice(&q->gathered), ret);

	buf_clear(&q->gathered);
	return said;
}

/* Takes `out` and fixes it in the slot, unless another answer was faster. */
static const struct squeezed *keep(struct squeeze *q, struct slice text,
				   _Atomic(struct squeezed *) *slot)
{
	struct squeezed *made = malloc(sizeof(*made) + q->out.len), *fixed = NULL;

	if (made == NULL)
		return NULL;
	made->len = q->out.len;
	made->text = (struct gzip_part){0};
	if (q->coding == CODING_GZIP)
		made->text = gzip_part(text);
	memcpy(made->bytes, q->out.ptr, q->out.len);
	if (atomic_compare_exchange_strong_explicit(slot, &fixed, made, memory_order_acq_rel,
						    memory_order_acquire))
		return made;
	free(made);
	return fixed;
}

static enum http_piece give_kept(struct squeeze *q, struct slice *ret)
{
	_Atomic(struct squeezed *) *slot = slot_of(q->slots, q->coding);
	const struct squeezed *kept = atomic_load_explicit(slot, memory_order_acquire);

	if (kept == NULL) {
		if (!compress(q, q->text))
			return HTTP_PIECE_FAILED;
		kept = keep(q, q->text, slot);
		if (kept == NULL)
			return HTTP_PIECE_FAILED;
	}
	if (q->coding == CODING_GZIP)
		gzip_sum_add(&q->sum, &kept->text);
	*ret = (struct slice){kept->bytes, kept->len};
	return HTTP_PIECE;
}

static enum http_piece give_waiting(struct squeeze *q, struct slice *ret)
{
	q->waits = false;
	return q->slots != NULL ? give_kept(q, ret) : give(q, q->text, ret);
}

static enum http_piece give_end(struct squeeze *q, struct slice *ret)
{
	if (q->gathered.len > 0)
		return give_gathered(q, ret);
	if (q->ended || q->coding != CODING_GZIP)
		return HTTP_PIECE_END;
	q->ended = true;
	gzip_tail(&q->sum, q->tail);
	*ret = (struct slice){q->tail, sizeof(q->tail)};
	return HTTP_PIECE;
}

/* Takes pieces until there is something to give. */
static enum http_piece gather(struct squeeze *q, struct slice *ret)
{
	while (q->gathered.len < GATHER_BYTES) {
		enum http_piece said;

		q->slots = NULL;
		said = q->source.next(q->source.state, &q->text, &q->slots);
		if (said == HTTP_PIECE_FAILED)
			return said;
		if (said == HTTP_PIECE_END) {
			q->source_ended = true;
			return give_end(q, ret);
		}
		if (q->text.len >= SQUEEZE_LARGE_BYTES ||
		    (q->slots != NULL && squeeze_kept(q->slots, q->coding))) {
			q->waits = true;
			return q->gathered.len > 0 ? give_gathered(q, ret) : give_waiting(q, ret);
		}
		buf_put(&q->gathered, q->text);
		if (!buf_ok(&q->gathered))
			return HTTP_PIECE_FAILED;
	}
	return give_gathered(q, ret);
}

static enum http_piece squeeze_next(void *state, struct slice *ret)
{
	struct squeeze *q = state;

	if (!q->begun) {
		q->begun = true;
		if (q->coding == CODING_GZIP) {
			*ret = GZIP_HEAD;
			return HTTP_PIECE;
		}
	}
	if (q->source_ended)
		return give_end(q, ret);
	return q->waits ? give_waiting(q, ret) : gather(q, ret);
}

static enum http_piece pass_next(void *state, struct slice *ret)
{
	struct squeeze *q = state;
	struct squeeze_slots *slots = NULL;

	return q->source.next(q->source.state, ret, &slots);
}

static bool squeeze_outlived(void *state)
{
	struct squeeze *q = state;

	return q->source.outlived(q->source.state);
}

static void squeeze_release(void *state)
{
	struct squeeze *q = state;

	q->source.release(q->source.state);
	(void)deflater_free(q->deflater);
	(void)ZSTD_freeCCtx(q->zstd);
	buf_free(&q->gathered);
	buf_free(&q->out);
	free(q);
}

bool squeeze_open(const struct squeeze_source *source, enum http_coding coding,
		  struct http_producer *ret)
{
	struct squeeze *q = malloc(sizeof(*q));

	if (q == NULL)
		return false;
	*q = (struct squeeze){.source = *source, .coding = coding};
	buf_init(&q->gathered, GATHER_BYTES + SQUEEZE_LARGE_BYTES);
	buf_init(&q->out, SIZE_MAX / 4); /* a piece is bounded by who made its text */
	*ret = (struct http_producer){
		.next = coding == CODING_IDENTITY ? pass_next : squeeze_next,
		.release = squeeze_release,
		.outlived = source->outlived == NULL ? NULL : squeeze_outlived,
		.state = q,
	};
	return true;
}
