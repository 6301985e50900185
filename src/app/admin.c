/* SPDX-License-Identifier: Apache-2.0
 *
 * /-/quit. (The wipe is a change like a push: push.c.) */
#include "app/app_private.h"

/* Go guesses the type of a body that is written without one, and puts it behind the length. */
static void answer_text(struct http_exchange *x, int status, struct slice text)
{
	http_answer(x, &(struct http_answer){.status = status,
					     .type_guessed = SLICE("text/plain; charset=utf-8"),
					     .body = text});
}

void handle_quit(struct worker *w, struct http_exchange *x)
{
	if (w->app->options.quit == NULL) {
		answer_text(x, 403, SLICE("Lifecycle API is not enabled."));
		return;
	}
	answer_text(x, 200, SLICE("Requesting termination... Goodbye!"));
	w->app->options.quit();
}

void handle_quit_get(struct worker *w, struct http_exchange *x)
{
	(void)w;
	answer_text(x, 405, SLICE("Only POST or PUT requests allowed."));
}
