/* SPDX-License-Identifier: Apache-2.0
 *
 * /-/healthy and /-/ready: one check, as in the reference. */
#include "app/app_private.h"

void handle_health(struct worker *w, struct http_exchange *x)
{
	static const struct http_header headers[] = {
		{SLICE_TEXT("Content-Type"), SLICE_TEXT("text/plain; charset=utf-8")},
	};

	(void)w;
	http_answer(x, &(struct http_answer){
			       .status = 200, .headers = headers, .n_headers = 1, .body = SLICE("OK")});
}
