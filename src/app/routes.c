/* SPDX-License-Identifier: Apache-2.0
 *
 * Which handler a request reaches. */
#include "app/app_private.h"

#define METHODS(method) (1U << (method))
#define PUSH_METHODS (METHODS(HTTP_PUT) | METHODS(HTTP_POST) | METHODS(HTTP_DELETE))

static const struct route {
	struct slice path; /* behind the route prefix */
	app_handler_fn *handler;
} get_routes[] = {
	{SLICE_TEXT("/"), handle_page},
	{SLICE_TEXT("/status"), handle_page},
	{SLICE_TEXT("/-/healthy"), handle_health},
	{SLICE_TEXT("/-/ready"), handle_health},
};
enum { N_GET_ROUTES = sizeof(get_routes) / sizeof(get_routes[0]) };

static void answer_method_not_allowed(struct http_exchange *x, struct slice allow)
{
	const struct http_header headers[] = {
		{SLICE("Allow"), allow},
		{SLICE("Content-Type"), SLICE("text/plain; charset=utf-8")},
		{SLICE("X-Content-Type-Options"), SLICE("nosniff")},
	};

	http_answer(x, &(struct http_answer){.status = 405,
					     .headers = headers,
					     .n_headers = 3,
					     .body = SLICE("Method Not Allowed\n")});
}

static void answer_options(struct http_exchange *x, struct slice allow)
{
	const struct http_header headers[] = {{SLICE("Allow"), allow}};

	http_answer(x, &(struct http_answer){
			       .status = 200, .headers = headers, .n_headers = 1, .body = SLICE_EMPTY});
}

static void answer_other_method(struct http_exchange *x, struct slice allow)
{
	if (http_exchange_request(x)->method == HTTP_OPTIONS)
		answer_options(x, allow);
	else
		answer_method_not_allowed(x, allow);
}

static app_handler_fn *find_get(const struct app *app, struct slice path)
{
	if (slice_eq(path, app->options.telemetry_path))
		return handle_scrape;
	if (!slice_starts(path, app->options.route_prefix))
		return NULL;
	path = slice_skip(path, app->options.route_prefix.len);
	for (int i = 0; i < N_GET_ROUTES; i++)
		if (slice_eq(path, get_routes[i].path))
			return get_routes[i].handler;
	return NULL;
}

struct push_target {
	struct slice job, labels;
	bool base64;
};

/* <prefix>/metrics/job/<job>[/...] or <prefix>/metrics/job@base64/<job>[/...] */
static bool match_push(const struct app *app, struct slice path, struct push_target *ret)
{
	struct slice head = SLICE("/metrics/job"), at_base64 = SLICE("@base64");
	struct slice tail;

	if (!slice_starts(path, app->options.route_prefix))
		return false;
	path = slice_skip(path, app->options.route_prefix.len);
	if (!slice_starts(path, head))
		return false;
	path = slice_skip(path, head.len);
	ret->base64 = slice_starts(path, at_base64);
	if (ret->base64)
		path = slice_skip(path, at_base64.len);
	if (path.len < 2 || path.ptr[0] != '/' || path.ptr[1] == '/')
		return false;
	path = slice_skip(path, 1);
	ret->job = path;
	ret->labels = SLICE_EMPTY;
	if (slice_cut(path, '/', &ret->job, &tail))
		ret->labels = (struct slice){tail.ptr - 1, tail.len + 1};
	return true;
}

void route(struct worker *w, struct http_exchange *x)
{
	const struct http_request *r = http_exchange_request(x);
	struct push_target target;
	app_handler_fn *handler;

	if (match_push(w->app, r->path, &target)) {
		if (METHODS(r->method) & PUSH_METHODS)
			handle_push(w, x, target.job, target.base64, target.labels);
		else
			answer_other_method(x, SLICE("DELETE, OPTIONS, POST, PUT"));
		return;
	}
	handler = find_get(w->app, r->path);
	if (handler == NULL)
		http_answer_error(x, 404, SLICE("404 page not found"));
	else if (r->method == HTTP_GET)
		handler(w, x);
	else
		answer_other_method(x, SLICE("GET, OPTIONS"));
}
