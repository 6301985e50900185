/* SPDX-License-Identifier: Apache-2.0
 *
 * /-/quit, and the preflight of the API. (The wipe is a change like a push: push.c.) */
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

void handle_preflight(struct worker *w, struct http_exchange *x)
{
	static const struct http_header headers[] = {
		{SLICE_TEXT("Access-Control-Allow-Headers"),
		 SLICE_TEXT("Accept, Authorization, Content-Type, Origin")},
		{SLICE_TEXT("Access-Control-Allow-Methods"),
		 SLICE_TEXT("GET, POST, DELETE, OPTIONS")},
		{SLICE_TEXT("Access-Control-Allow-Origin"), SLICE_TEXT("*")},
		{SLICE_TEXT("Access-Control-Expose-Headers"), SLICE_TEXT("Date")},
		{SLICE_TEXT("Cache-Control"), SLICE_TEXT("no-cache, no-store, must-revalidate")},
	};

	(void)w;
	http_answer(x, &(struct http_answer){.status = 200,
					     .headers = headers,
					     .n_headers = sizeof(headers) / sizeof(headers[0]),
					     .body = SLICE_EMPTY});
}
