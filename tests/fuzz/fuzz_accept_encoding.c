/* SPDX-License-Identifier: Apache-2.0
 *
 * Accept-Encoding lines (one per line of the input): some answer always comes, twice the same, and
 * a line that can say nothing changes nothing. */
#include "http/accept_encoding.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

enum { LINES_MAX = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct http_header headers[LINES_MAX + 1];
	struct http_request r = {.headers = headers};
	struct slice rest = {(const char *)data, len}, line;
	bool refused, again_refused, more = true;
	enum http_coding coding;

	while (more && r.n_headers < LINES_MAX) {
		more = slice_cut(rest, '\n', &line, &rest);
		headers[r.n_headers++] =
			(struct http_header){SLICE("Accept-Encoding"), more ? line : rest};
	}
	coding = accept_encoding(&r, &refused);
	assert(coding <= CODING_ZSTD && (!refused || coding == CODING_IDENTITY));
	headers[r.n_headers++] = (struct http_header){SLICE("Accept-Encoding"), SLICE(", gzip")};
	assert(accept_encoding(&r, &again_refused) == coding && again_refused == refused);
	return 0;
}
