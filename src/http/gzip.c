/* SPDX-License-Identifier: Apache-2.0 */
#include <zlib.h>

#include "http/deflate.h"

struct gzip_part gzip_part(struct slice text)
{
	return (struct gzip_part){
		.crc = deflate_crc32(text),
		.shift = (uint32_t)crc32_combine_gen((z_off_t)text.len),
		.len = text.len,
	};
}

void gzip_sum_add(struct gzip_sum *sum, const struct gzip_part *part)
{
	sum->crc = (uint32_t)crc32_combine_op(sum->crc, part->crc, part->shift);
	sum->len += (uint32_t)part->len;
}

static void put_le32(char *to, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		to[i] = (char)(value >> 8 * i);
}

void gzip_tail(const struct gzip_sum *sum, char ret[GZIP_TAIL_BYTES])
{
	ret[0] = 3; /* final, fixed codes, and at once the end of the block */
	ret[1] = 0;
	put_le32(ret + 2, sum->crc);
	put_le32(ret + 6, sum->len);
}
