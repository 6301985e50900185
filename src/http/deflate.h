/* SPDX-License-Identifier: Apache-2.0
 *
 * deflate.h -- texts compressed one by one, that joined are one gzip member.
 *
 * A text becomes deflate data (RFC 1951, level 1) that ends in a full flush: at a byte's border, in
 * no final block, and nothing behind it refers to before it. So pieces may be kept and joined in
 * any order: GZIP_HEAD, pieces, gzip_tail. Made by ISA-L (deflate_isal.c) or zlib (deflate_zlib.c),
 * as the build was configured; both mean the same. One thread at a time per deflater. */
#pragma once

#include <stdint.h>

#include "base/buf.h"

struct deflater; /* working memory */

struct deflater *deflater_new(void);                /* NULL: out of memory */
struct deflater *deflater_free(struct deflater *d); /* takes NULL, returns NULL */

/* Appends; a refusal is in `out`. */
void deflate_text(struct deflater *d, struct slice text, struct buf *out);

uint32_t deflate_crc32(struct slice text); /* that of gzip */

/* ---- gzip.c ---- */

#define GZIP_HEAD SLICE("\x1f\x8b\x08\0\0\0\0\0\x04\xff")

enum { GZIP_TAIL_BYTES = 10 };

/* Of the texts so far; starts as zero. */
struct gzip_sum {
	uint32_t crc;
	uint32_t len; /* modulo 2^32, as the format wants it */
};

/* Of one text; made once for what is added often. */
struct gzip_part {
	uint32_t crc;
	uint32_t shift; /* what its length does to the checksum of what stands before it */
	size_t len;
};

struct gzip_part gzip_part(struct slice text);
void gzip_sum_add(struct gzip_sum *sum, const struct gzip_part *part);

/* The final, empty block, the checksum and the length. */
void gzip_tail(const struct gzip_sum *sum, char ret[GZIP_TAIL_BYTES]);
