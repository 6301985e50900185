/* SPDX-License-Identifier: Apache-2.0
 *
 * /-/healthy and /-/ready. As in the reference both fail while too many changes wait; with a
 * persistence file the gateway is not ready while it loads, nor after a commit that failed. */
#include "app/app_private.h"
#include "base/limits.h"
#include "base/log.h"

/* False when an answer has been given. */
static bool queue_has_room(struct worker *w, struct http_exchange *x)
{
	if (keeper_n_waiting(w->app->keeper) < w->app->options.waiting_max)
		return true;
	limit_exceeded(LIMIT_PUSH_WAITING);
	log_warn(SLICE("write queue is full"));
	http_answer_error(x, 500, SLICE("write queue is full"));
	return false;
}

static void answer_ok(struct http_exchange *x)
{
	http_answer(x, &(struct http_answer){.status = 200,
					     .type_guessed = SLICE("text/plain; charset=utf-8"),
					     .body = SLICE("OK")});
}

void handle_health(struct worker *w, struct http_exchange *x)
{
	if (queue_has_room(w, x))
		answer_ok(x);
}

bool answer_loading(struct worker *w, struct http_exchange *x)
{
	uint64_t done, all;
	struct buf sentence;

	if (keeper_phase(w->app->keeper) == KEEPER_SERVING)
		return false;
	keeper_progress(w->app->keeper, &done, &all);
	buf_init(&sentence, 128);
	buf_putf(&sentence, "loading: %llu of %llu groups", (unsigned long long)done,
		 (unsigned long long)all);
	http_answer_error(x, 503, buf_slice(&sentence));
	buf_free(&sentence);
	return true;
}

void handle_ready(struct worker *w, struct http_exchange *x)
{
	const char *trouble = keeper_trouble(w->app->keeper);
	struct buf sentence;

	if (!queue_has_room(w, x))
		return;
	if (trouble == NULL) {
		answer_ok(x);
		return;
	}
	buf_init(&sentence, 1024);
	buf_putf(&sentence, "the last commit failed: %s", trouble);
	http_answer_error(x, 503, buf_slice(&sentence));
	buf_free(&sentence);
}
