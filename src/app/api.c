/* SPDX-License-Identifier: Apache-2.0
 *
 * The envelope of API answers, the preflight, and the status. */
#include "app/api.h"

#include <stdlib.h>

#include "base/rfc3339.h"
#include "format/json_write.h"

enum { ANSWER_BYTES_MAX = 16 * 1024 * 1024 };

#define ACCESS_CONTROL                                                                             \
	{SLICE_TEXT("Access-Control-Allow-Headers"),                                               \
	 SLICE_TEXT("Accept, Authorization, Content-Type, Origin")},                               \
		{SLICE_TEXT("Access-Control-Allow-Methods"),                                       \
		 SLICE_TEXT("GET, POST, DELETE, OPTIONS")},                                        \
	{                                                                                          \
		SLICE_TEXT("Access-Control-Allow-Origin"), SLICE_TEXT("*")                         \
	}
#define NO_STORE                                                                                   \
	{                                                                                          \
		SLICE_TEXT("Cache-Control"), SLICE_TEXT("no-cache, no-store, must-revalidate")     \
	}
#define NO_CACHE                                                                                   \
	{                                                                                          \
		SLICE_TEXT("Cache-Control"), SLICE_TEXT("no-cache")                                \
	}

/* The reference's, in its order. */
static const struct http_header open_headers[] = {
	ACCESS_CONTROL,
	{SLICE_TEXT("Access-Control-Expose-Headers"), SLICE_TEXT("Date")},
	NO_STORE,
};
static const struct http_header revalidate_headers[] = {
	ACCESS_CONTROL,
	{SLICE_TEXT("Access-Control-Expose-Headers"), SLICE_TEXT("Date, ETag")},
	NO_CACHE,
};
static const struct http_header admin_headers[] = {NO_STORE};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
enum { HEADERS_MAX = COUNT(open_headers) + 2 };

/* The headers of a kind, then the type of a body, then the tag where there is one. */
static size_t put_headers(enum api_kind kind, bool has_body, struct slice etag,
			  struct http_header ret[HEADERS_MAX])
{
	static const struct {
		const struct http_header *headers;
		size_t n;
	} kinds[] = {
		[API_OPEN] = {open_headers, COUNT(open_headers)},
		[API_REVALIDATE] = {revalidate_headers, COUNT(revalidate_headers)},
		[API_ADMIN] = {admin_headers, COUNT(admin_headers)},
	};
	size_t n = kinds[kind].n;

	memcpy(ret, kinds[kind].headers, n * sizeof(*ret));
	if (has_body)
		ret[n++] = (struct http_header){SLICE("Content-Type"), SLICE("application/json")};
	if (etag.len > 0)
		ret[n++] = (struct http_header){SLICE("ETag"), etag};
	return n;
}

static void answer(struct http_exchange *x, int status, enum api_kind kind, struct slice json)
{
	struct http_header headers[HEADERS_MAX];
	size_t n = put_headers(kind, true, SLICE_EMPTY, headers);

	http_answer(x, &(struct http_answer){
			       .status = status, .headers = headers, .n_headers = n, .body = json});
}

void api_answer(struct http_exchange *x, enum api_kind kind, struct slice json)
{
	answer(x, 200, kind, json);
}

void api_answer_producer(struct http_exchange *x, enum api_kind kind, struct slice etag,
			 const struct http_producer *producer)
{
	struct http_header headers[HEADERS_MAX];
	size_t n = put_headers(kind, true, etag, headers);

	http_answer(x, &(struct http_answer){.status = 200,
					     .headers = headers,
					     .n_headers = n,
					     .producer = producer});
}

void api_answer_not_modified(struct http_exchange *x, struct slice etag)
{
	struct http_header headers[HEADERS_MAX];
	size_t n = put_headers(API_REVALIDATE, false, etag, headers);

	http_answer(
		x, &(struct http_answer){
			   .status = 304, .headers = headers, .n_headers = n, .body = SLICE_EMPTY});
}

static void answer_failure(struct http_exchange *x, int status, enum api_kind kind,
			   struct slice type, struct slice sentence)
{
	struct buf json;

	buf_init(&json, ANSWER_BYTES_MAX);
	buf_put(&json, SLICE("{\"status\":\"error\",\"errorType\":"));
	json_put_string(&json, type);
	buf_put(&json, SLICE(",\"error\":"));
	json_put_string(&json, sentence);
	buf_put_byte(&json, '}');
	if (buf_ok(&json))
		answer(x, status, kind, buf_slice(&json));
	else
		http_answer_error(x, status, type);
	buf_free(&json);
}

void api_answer_error(struct http_exchange *x, enum api_kind kind, const struct err *err)
{
	bool mine = err_http_status(err->code) / 100 == 4 && err->code != ERR_FULL;

	if (err->code == ERR_FORBIDDEN)
		answer_failure(x, 403, kind, SLICE("forbidden"), err->msg);
	else if (err->code == ERR_BUSY)
		answer_failure(x, 503, kind, SLICE("timeout"), err->msg);
	else
		answer_failure(x, mine ? 400 : 503, kind,
			       mine ? SLICE("bad_data") : SLICE("unavailable"), err->msg);
}

void api_answer_not_found(struct http_exchange *x, struct slice sentence)
{
	answer_failure(x, 404, API_OPEN, SLICE("not_found"), sentence);
}

void api_answer_no_memory(struct http_exchange *x, enum api_kind kind)
{
	answer_failure(x, 503, kind, SLICE("unavailable"), SLICE("out of memory"));
}

enum err_code api_err_exhausted(struct err *reterr)
{
	return err_set(reterr, ERR_BUSY,
		       SLICE("the regular expressions ask for too much work on the labels that are "
			     "stored; narrow the selectors with = matchers"));
}

void handle_preflight(struct worker *w, struct http_exchange *x)
{
	(void)w;
	http_answer(x, &(struct http_answer){.status = 200,
					     .headers = open_headers,
					     .n_headers = COUNT(open_headers),
					     .body = SLICE_EMPTY});
}

/* The other preflight lets any origin send a DELETE, which nothing of the original's API takes. */
void handle_admin_preflight(struct worker *w, struct http_exchange *x)
{
	static const struct http_header headers[] = {
		{SLICE_TEXT("Allow"), SLICE_TEXT("DELETE, OPTIONS")}};

	(void)w;
	http_answer(x, &(struct http_answer){.status = 200,
					     .headers = headers,
					     .n_headers = COUNT(headers),
					     .body = SLICE_EMPTY});
}

/* ---- status ---- */

static int by_name(const void *a_ptr, const void *b_ptr)
{
	const struct app_text *a = a_ptr, *b = b_ptr;

	return slice_compare(a->name, b->name);
}

/* {"name":"text",...}, sorted by name. False: out of memory. */
static bool put_texts(struct buf *out, const struct app_text *texts, size_t n, struct arena *arena)
{
	struct app_text *sorted = arena_new_array(arena, struct app_text, n);

	if (sorted == NULL)
		return false;
	if (n > 0)
		memcpy(sorted, texts, n * sizeof(*texts));
	qsort(sorted, n, sizeof(*sorted), by_name);
	for (size_t i = 0; i < n; i++) {
		buf_put_byte(out, i == 0 ? '{' : ',');
		json_put_string(out, sorted[i].name);
		buf_put_byte(out, ':');
		json_put_string(out, sorted[i].text);
	}
	buf_put(out, n == 0 ? SLICE("{}") : SLICE("}"));
	return true;
}

static bool put_status(struct buf *out, const struct app_status *status, struct arena *arena)
{
	struct rfc3339 time = {0};

	buf_put(out, SLICE("{\"status\":\"success\",\"data\":{\"build_information\":"));
	if (!put_texts(out, status->build, status->n_build, arena))
		return false;
	buf_put(out, SLICE(",\"flags\":"));
	if (!put_texts(out, status->flags, status->n_flags, arena))
		return false;
	buf_put(out, SLICE(",\"start_time\":\""));
	rfc3339_put(&time, out, status->start_unix_ns);
	buf_put(out, SLICE("\"}}"));
	return buf_ok(out);
}

void handle_api_status(struct worker *w, struct http_exchange *x)
{
	struct buf json;

	buf_init(&json, ANSWER_BYTES_MAX);
	if (put_status(&json, &w->app->options.status, &w->arena))
		api_answer(x, API_OPEN, buf_slice(&json));
	else
		api_answer_no_memory(x, API_OPEN);
	buf_free(&json);
}
