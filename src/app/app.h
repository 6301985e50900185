/* SPDX-License-Identifier: Apache-2.0
 *
 * app.h -- the gateway as a value: what it was told at the start, and the handlers that serve it.
 *
 * Made by main before the server starts and freed after it stopped; handlers run on the workers. */
#pragma once

#include "app/self_metrics.h"
#include "base/err.h"
#include "http/http.h"
#include "store/keeper.h"

struct app_text {
	struct slice name, text;
};

/* What /api/v1/status tells; lives as long as the app. */
struct app_status {
	const struct app_text *build, *flags; /* in any order */
	size_t n_build, n_flags;
	int64_t start_unix_ns;
};

struct app_options {
	struct slice route_prefix;    /* "" or "/x": no slash at the end */
	struct slice external_prefix; /* the same, of links in the page */
	struct slice telemetry_path;  /* joined with the prefix: "/metrics" */
	enum name_scheme names;
	bool unchecked;       /* pushes are stored whatever they contradict */
	bool openmetrics_in;  /* pushes that say they are OpenMetrics are read as such */
	bool openmetrics_out; /* scrapes that ask for OpenMetrics get it */
	bool admin_api;       /* /api/v1/admin/ answers */
	void (*quit)(void);   /* ends the program in good order; NULL: /-/quit is refused */
	struct push_limits push_limits;
	size_t push_arena_bytes_max; /* working memory of one push */
	size_t inflated_bytes_max;   /* of a body whose Content-Encoding is undone */
	uint32_t n_helpers;          /* threads that read large pushes */
	uint32_t scrapes_max;        /* at once; one more is answered 503 */
	uint64_t waiting_max;        /* changes that wait for the keeper; then health fails */
	uint64_t waiting_bytes_max;  /* the keeper's, for the sentence */
	struct self_metrics *self;   /* whose families the keeper knows */
	struct app_status status;
};

struct app;

/* `keeper` and the options' `self` stay the caller's and must outlive the app. NULL: out of memory.
 */
struct app *app_new(const struct app_options *options, struct keeper *keeper);
must_check bool app_start(struct app *app); /* its threads, before the server's; false: none */
struct app *app_free(struct app *app);      /* takes NULL, returns NULL */

/* What http_server_open wants to know. */
struct http_app app_http(struct app *app);
