/* SPDX-License-Identifier: Apache-2.0 */
#include "app/app.h"

#include <stdlib.h>

#include "app/push_private.h"

enum { ROUTES_BYTES_MAX = 16 * 1024 * 1024 };

struct app *app_new(const struct app_options *options, struct keeper *keeper)
{
	struct app *app = malloc(sizeof(*app));

	if (app == NULL)
		return NULL;
	*app = (struct app){.options = *options, .keeper = keeper};
	arena_init(&app->arena, ROUTES_BYTES_MAX);
	app->helpers = helpers_new(options->n_helpers);
	if (app->helpers == NULL || !routes_make(options, &app->arena, &app->router))
		return app_free(app);
	return app;
}

bool app_start(struct app *app)
{
	return helpers_start(app->helpers);
}

struct app *app_free(struct app *app)
{
	if (app == NULL)
		return NULL;
	(void)helpers_free(app->helpers);
	arena_free(&app->arena);
	free(app);
	return NULL;
}

/* On a helper's thread, or the keeper's. */
static void worker_wake(void *http)
{
	http_worker_wake(http);
}

static void *worker_open(void *app_ptr, struct http_worker *http)
{
	struct app *app = app_ptr;
	struct worker *w = malloc(sizeof(*w));

	if (w == NULL)
		return NULL;
	*w = (struct worker){.app = app,
			     .http = http,
			     .self = self_part_new(app->options.self),
			     .read_bytes_max = PUSH_READ_BYTES_MAX,
			     .box = keeper_box_new(app->keeper, worker_wake, http)};
	if (w->self == NULL || w->box == NULL) {
		keeper_box_free(w->box);
		free(w);
		return NULL;
	}
	w->tail = &w->first;
	helper_box_init(&w->helped, worker_wake, http);
	arena_init(&w->arena, app->options.push_arena_bytes_max);
	return w;
}

static void worker_close(void *context)
{
	struct worker *w = context;

	assert(w->first == NULL);
	push_later_close(w);
	push_close(w);
	arena_free(&w->arena);
	free(w);
}

static void worker_handle(void *context, struct http_exchange *x)
{
	struct worker *w = context;

	route(w, x);
	arena_reset(&w->arena);
}

static bool worker_refuses(void *context, const struct http_request *r)
{
	struct worker *w = context;
	bool refuses = route_refuses(w, r);

	arena_reset(&w->arena);
	return refuses;
}

static bool worker_turn_end(void *context)
{
	struct worker *w = context;
	bool answered = push_turn_end(w);
	uint64_t n_outlived = store_n_outlived(keeper_store(w->app->keeper));

	scrape_turn_end(w);
	if (n_outlived != w->n_outlived) {
		w->n_outlived = n_outlived;
		http_worker_review(w->http);
	}
	return answered;
}

struct http_app app_http(struct app *app)
{
	return (struct http_app){
		.worker_open = worker_open,
		.worker_close = worker_close,
		.handle = worker_handle,
		.refuses = worker_refuses,
		.turn_end = worker_turn_end,
		.answered = routes_count,
		.app = app,
	};
}
