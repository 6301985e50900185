/* SPDX-License-Identifier: Apache-2.0
 *
 * app_private.h -- what the handlers share. Private to the app floor. */
#pragma once

#include <stdatomic.h>

#include "app/access.h"
#include "app/app.h"
#include "app/router.h"
#include "format/path_parse.h"
#include "http/helpers.h"
#include "store/change.h"

struct app {
	/* never change after app_new */
	struct app_options options;
	struct keeper *keeper;
	struct router router;
	struct arena arena; /* of the router */
	struct helpers *helpers;

	/* shared */
	_Atomic uint32_t n_scrapes;  /* answers of /metrics under way */
	_Atomic bool scrapes_wanted; /* there was no place: cut one whose client does not read */
};

/* One worker's own; only its thread touches it. */
struct worker {
	struct app *app;
	struct http_worker *http;
	uint64_t n_outlived; /* snapshots, when it last looked after its scrapes */
	struct self_part *self;
	struct arena arena; /* of the request being handled */
	/* When the answers of this turn's changes are ready; 0: it is to be asked. */
	int64_t answers_ns;
	/* the changes of this loop turn, in order */
	struct change *first;
	struct change **tail;
	/* what is too long for the loop: a push of more than this is read by a helper */
	size_t read_bytes_max;
	struct helper_job *for_helpers; /* of this turn, the newest first */
	struct helper_box helped;
	struct keeper_box *box; /* through which they go to the keeper and come back */
};

/* Behind the route prefix. */
#define STATIC_PATH "/static/"

/* A handler answers, or keeps the exchange for the end of the turn. */
typedef void app_handler_fn(struct worker *w, struct http_exchange *x);
typedef void app_group_handler_fn(struct worker *w, struct http_exchange *x,
				  const struct push_path *path); /* which names the group */

app_handler_fn handle_health;
app_handler_fn handle_ready;
app_handler_fn handle_scrape;
app_handler_fn handle_page;
app_handler_fn handle_static;
app_handler_fn handle_quit;
app_handler_fn handle_quit_get;
app_handler_fn handle_wipe;
app_handler_fn handle_preflight;
app_handler_fn handle_admin_preflight;
app_handler_fn handle_api_status;
app_handler_fn handle_api_metrics;
app_handler_fn handle_api_groups;
app_handler_fn handle_api_delete;

/* GET of the group that the path names, as JSON. */
app_group_handler_fn handle_api_group;

/* PUT, POST or DELETE of the group that the path names. */
app_group_handler_fn handle_push;

/* Puts a change among those of the turn; its verdict is the exchange's answer. ERR_NOMEM or
 * ERR_FULL (of what waits for the disk), and a sentence: the change is still the caller's. */
must_check enum err_code push_wait_for(struct worker *w, struct http_exchange *x,
				       const struct http_request *r, struct change *c,
				       struct err *reterr);

/* Hands the turn's changes to the keeper and answers those that it has judged; false when there
 * were none. */
bool push_turn_end(struct worker *w);

/* A worker that had no place for a scrape may get one. */
void scrape_turn_end(struct worker *w);

/* The worker ends: what helpers read for it is dropped; nobody waits for it any more. */
void push_later_close(struct worker *w);
/* The worker ends: waits until all that it sent is judged. */
void push_close(struct worker *w);

/* Answers 503 while the store is being loaded. False when it is not. */
bool answer_loading(struct worker *w, struct http_exchange *x);

/* Counts and logs that a request was refused for want of that role, or of the right to a group. */
void note_forbidden(struct worker *w, const struct http_request *r, enum role role,
		    struct slice sentence);

/* False: out of memory. */
must_check bool routes_make(const struct app_options *options, struct arena *arena,
			    struct router *ret);
void route(struct worker *w, struct http_exchange *x);
/* Will route() refuse it for want of a role, whatever its body is? */
bool route_refuses(struct worker *w, const struct http_request *r);

/* An exchange of a counted route has been answered. */
void routes_count(void *worker, const struct http_note *note, int status);
