/* SPDX-License-Identifier: Apache-2.0
 *
 * /-/healthy and /-/ready: one check, as in the reference. */
#include "app/app_private.h"

void handle_health(struct worker *w, struct http_exchange *x)
{
	(void)w;
	http_answer(x, &(struct http_answer){.status = 200,
					     .type_guessed = SLICE("text/plain; charset=utf-8"),
					     .body = SLICE("OK")});
}
