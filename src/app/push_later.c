/* SPDX-License-Identifier: Apache-2.0
 *
 * A push that takes long to read: a helper makes the change of it while the worker serves others.
 * The job owns the body, and copies of what else reading needs of the request. */
#include <stdlib.h>

#include "app/push_private.h"
#include "base/log.h"

enum { HEADERS_MAX = 2, SENTENCE_BYTES_MAX = 64 * 1024 };

/* The headers that say how a body is to be read. */
static const struct slice header_names[HEADERS_MAX] = {SLICE_TEXT("Content-Encoding"),
						       SLICE_TEXT("Content-Type")};

struct job {
	struct helper_job helper; /* first */
	const struct app_options *options;
	struct http_exchange *exchange;
	struct http_kept_body body;
	struct http_request request; /* method, body, time, remote and these headers */
	struct http_header headers[HEADERS_MAX];
	struct stamp *stamp;

	/* the outcome: a change, or why there is none */
	struct change *change;
	struct arena sentence;
	struct err err;

	char text[]; /* of the headers and the remote */
};

static struct slice keep_text(char **at, struct slice s)
{
	struct slice kept = {*at, s.len};

	if (s.len > 0)
		memcpy(*at, s.ptr, s.len);
	*at += s.len;
	return kept;
}

static void request_keep(struct job *job, const struct http_request *r)
{
	char *at = job->text;
	size_t n = 0;

	for (size_t i = 0; i < HEADERS_MAX; i++) {
		struct slice value;

		if (http_header_get(r, header_names[i], &value))
			job->headers[n++] = (struct http_header){.name = header_names[i],
								 .value = keep_text(&at, value)};
	}
	job->request = (struct http_request){
		.method = r->method,
		.headers = job->headers,
		.n_headers = n,
		.body = job->body.bytes,
		.received_unix_ns = r->received_unix_ns,
		.remote = keep_text(&at, r->remote),
	};
}

static size_t text_bytes(const struct http_request *r)
{
	size_t bytes = r->remote.len;
	struct slice value;

	for (size_t i = 0; i < HEADERS_MAX; i++)
		if (http_header_get(r, header_names[i], &value))
			bytes += value.len;
	return bytes;
}

static void job_free(struct job *job)
{
	stamp_free(job->stamp);
	arena_free(&job->sentence);
	free(job);
}

/* On a helper's thread, with a working memory of its own. */
static void job_run(struct helper_job *helper)
{
	struct job *job = (struct job *)helper;
	struct arena arena;
	struct push_reader reader = {
		.options = job->options, .arena = &arena, .bytes_max = SIZE_MAX};
	struct err err;

	arena_init(&arena, job->options->push_arena_bytes_max);
	err = err_in(&arena);
	job->change = push_read(&reader, &job->request, &job->stamp, &err);
	if (job->change == NULL) {
		(void)err_set(&job->err, err.code, err.msg);
		job->err.limit = err.limit;
	}
	arena_free(&arena);
	/* to give back megabytes takes long, too; only what they count for is the worker's */
	free(job->body.memory);
	job->body.memory = NULL;
}

void push_later(struct worker *w, struct http_exchange *x, struct stamp *stamp)
{
	const struct http_request *r = http_exchange_request(x);
	struct job *job = calloc(1, sizeof(*job) + text_bytes(r));

	if (job == NULL) {
		stamp_free(stamp);
		http_answer_error(x, 503, SLICE("out of memory"));
		return;
	}
	job->options = &w->app->options;
	job->exchange = x;
	job->stamp = stamp;
	arena_init(&job->sentence, SENTENCE_BYTES_MAX);
	job->err = err_in(&job->sentence);
	if (!http_exchange_keep_body(x, &job->body)) {
		(void)err_over(&job->err, LIMIT_BUFFER,
			       "requests and answers under way need too much memory");
		job->err.code = ERR_FULL;
		push_answer_err(x, r->remote, &job->err);
		job_free(job);
		return;
	}
	request_keep(job, r);
	job->helper.run = job_run;
	job->helper.next = w->for_helpers;
	w->for_helpers = &job->helper;
}

/* Not before the turn's end: until then the connection looks at what stands behind the body. */
static void give_all(struct worker *w)
{
	struct helper_job *helper = w->for_helpers, *next;

	w->for_helpers = NULL;
	for (; helper != NULL; helper = next) {
		next = helper->next;
		helpers_give(w->app->helpers, &w->helped, helper);
	}
}

static void job_done(struct worker *w, struct job *job)
{
	http_kept_body_free(w->http, &job->body);
	if (job->change != NULL)
		push_judge(w, job->exchange, &job->request, job->change);
	else
		push_answer_err(job->exchange, job->request.remote, &job->err);
	job_free(job);
}

bool push_later_collect(struct worker *w)
{
	struct helper_job *first = helper_box_take(&w->helped), *next;

	give_all(w);
	for (struct helper_job *helper = first; helper != NULL; helper = next) {
		next = helper->next;
		job_done(w, (struct job *)helper);
	}
	return first != NULL;
}

void push_later_close(struct worker *w)
{
	struct helper_job *next;

	give_all(w);
	for (struct helper_job *helper = helper_box_close(w->app->helpers, &w->helped);
	     helper != NULL; helper = next) {
		struct job *job = (struct job *)helper;

		next = helper->next;
		http_kept_body_free(w->http, &job->body);
		change_free(job->change);
		http_answer_error(job->exchange, 503, SLICE("the gateway is stopping"));
		job_free(job);
	}
}
