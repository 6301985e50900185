/* SPDX-License-Identifier: Apache-2.0 */
#include "app/html.h"

void html_escape(struct buf *out, struct slice text)
{
	static const struct slice references[] = {
		['<'] = SLICE_TEXT("&lt;"),   ['>'] = SLICE_TEXT("&gt;"),
		['&'] = SLICE_TEXT("&amp;"),  ['"'] = SLICE_TEXT("&#34;"),
		['\''] = SLICE_TEXT("&#39;"),
	};

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c < sizeof(references) / sizeof(references[0]) && references[c].len > 0)
			buf_put(out, references[c]);
		else
			buf_put_byte(out, text.ptr[i]);
	}
}
