/* SPDX-License-Identifier: Apache-2.0
 *
 * A push, on its worker: path and body become a change, or an answer that says what is wrong with
 * them; the changes of one loop turn go to the keeper as one batch; each verdict becomes an answer.
 * A change that is on its way holds nothing of its request. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/api.h"
#include "app/push_private.h"
#include "base/base64.h"
#include "base/clock.h"
#include "base/log.h"
#include "format/media_type.h"
#include "format/openmetrics_parse.h"
#include "format/path_parse.h"
#include "format/protobuf_parse.h"
#include "format/text_parse.h"
#include "format/text_write.h"
#include "http/body.h"
#include "http/remote.h"

enum { ANSWER_BYTES_MAX = 4 * 1024 * 1024 };

#define REFUSED SLICE("pushed metrics are invalid or inconsistent with existing metrics")

/* A change and who waits for it. */
struct waiting {
	struct http_exchange *exchange;
	enum http_method method;
	uint8_t remote_bytes;
	char remote[REMOTE_BYTES_MAX];
};

static void answer_status(struct http_exchange *x, int status)
{
	http_answer(x, &(struct http_answer){.status = status, .body = SLICE_EMPTY});
}

void push_answer_err(struct http_exchange *x, struct slice remote, const struct err *err)
{
	if (err->limit != LIMIT_NONE) {
		limit_exceeded(err->limit);
		log_warn(SLICE("push refused"), LOG_TEXT("source", remote),
			 LOG_TEXT("err", err->msg));
	}
	http_answer_error(x, err_http_status(err->code), err->msg);
}

enum err_code push_wait_for(struct worker *w, struct http_exchange *x, const struct http_request *r,
			    struct change *c, struct err *reterr)
{
	struct waiting *waiting = malloc(sizeof(*waiting));

	if (waiting == NULL)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	if (!keeper_admit(w->app->keeper, c)) {
		free(waiting);
		(void)err_over(reterr, LIMIT_PUSH_WAITING_BYTES,
			       "the changes that wait for the disk would hold more than %" PRIu64
			       " bytes",
			       w->app->options.waiting_bytes_max);
		return reterr->code = ERR_FULL;
	}
	waiting->exchange = x;
	waiting->method = r->method;
	waiting->remote_bytes =
		(uint8_t)(r->remote.len < REMOTE_BYTES_MAX ? r->remote.len : REMOTE_BYTES_MAX);
	memcpy(waiting->remote, r->remote.ptr, waiting->remote_bytes);
	c->owner = waiting;
	*w->tail = c;
	w->tail = &c->next;
	return ERR_NONE;
}

void push_judge(struct worker *w, struct http_exchange *x, const struct http_request *r,
		struct change *c)
{
	struct err err = err_in(&w->arena);

	if (c == NULL)
		(void)err_set(&err, ERR_NOMEM, SLICE("out of memory"));
	else if (push_wait_for(w, x, r, c, &err) == ERR_NONE)
		return;
	change_free(c);
	push_answer_err(x, r->remote, &err);
}

/* Whatever does not say that it is protobuf is text, as for the reference; unless a flag says that
 * OpenMetrics is taken at its word, too. */
static enum err_code parse_whole(const struct push_reader *reader, const struct http_request *r,
				 struct slice body, struct family_list *ret, struct err *reterr)
{
	const struct app_options *options = reader->options;
	struct slice type = SLICE_EMPTY;

	(void)http_header_get(r, SLICE("Content-Type"), &type);
	if (options->openmetrics_in && media_type_is_openmetrics(type))
		return openmetrics_parse(body, options->names, &options->push_limits, reader->arena,
					 ret, reterr);
	if (media_type_is_protobuf(type))
		return protobuf_parse(body, &options->push_limits, reader->arena, ret, reterr);
	return text_parse(body, options->names, &options->push_limits, reader->arena, ret, reterr);
}

static bool is_end_of_input(struct slice sentence)
{
	return slice_ends(sentence, SLICE("unexpected end of input stream")) ||
	       slice_eq(sentence, SLICE("unexpected EOF"));
}

/* The reference's parser reads while it inflates: a fault of the body before the place where the
 * encoding breaks is found first, and there the sentence is that of the encoding alone. */
static enum err_code parse_body(const struct push_reader *reader, const struct http_request *r,
				struct slice body, const struct err *broken,
				struct family_list *ret, struct err *reterr)
{
	enum err_code code = parse_whole(reader, r, body, ret, reterr);

	if (broken->code == ERR_NONE)
		return code;
	if (code == ERR_NONE || is_end_of_input(reterr->msg))
		return err_set(reterr, broken->code, broken->msg);
	return code;
}

/* ERR_BUSY: inflated it is more than this thread should read. */
static enum err_code read_body(const struct push_reader *reader, const struct http_request *r,
			       struct buf *inflated, struct family_list *ret, struct err *reterr)
{
	struct err broken = err_in(reader->arena);
	struct slice body;

	switch (body_decode(body_coding_of(r), r->body, inflated, &body, &broken)) {
	case ERR_NONE:
	case ERR_SYNTAX:
		return parse_body(reader, r, body, &broken, ret, reterr);
	case ERR_TOO_BIG:
		if (inflated->bytes_max < reader->options->inflated_bytes_max)
			return err_set(reterr, ERR_BUSY, SLICE("too much for a worker"));
		return err_over(reterr, LIMIT_INFLATED,
				"inflated, the body is larger than %zu bytes", inflated->bytes_max);
	default:
		return err_set(reterr, broken.code, broken.msg);
	}
}

/* A label of a histogram stands in the line of each of its buckets, a label of the group in those
 * of all series: a small request can mean gigabytes. */
static bool fits_rendered(const struct app_options *options, const struct family_list *families,
			  const struct stamp *stamp, struct err *reterr)
{
	uint64_t limit = options->push_limits.rendered_bytes_max;

	if (limit == 0 || text_push_bytes(families, stamp->implied) <= limit)
		return true;
	(void)err_over(reterr, LIMIT_PUSH_RENDERED,
		       "the push would add more than %" PRIu64 " bytes to /metrics", limit);
	return false;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

struct change *push_read(const struct push_reader *reader, const struct http_request *r,
			 struct stamp **stamp_ptr, struct err *reterr)
{
	struct stamp *stamp = *stamp_ptr;
	const struct app_options *options = reader->options;
	enum change_kind kind = r->method == HTTP_PUT ? CHANGE_REPLACE : CHANGE_MERGE;
	struct family_list families;
	struct buf inflated;
	struct change *c = NULL;

	buf_init(&inflated, least(options->inflated_bytes_max, reader->bytes_max));
	if (r->body.len > reader->bytes_max)
		(void)err_set(reterr, ERR_BUSY, SLICE("too much for a worker"));
	else if (read_body(reader, r, &inflated, &families, reterr) == ERR_NONE &&
		 fits_rendered(options, &families, stamp, reterr)) {
		*stamp_ptr = NULL;
		c = change_new_push(kind, stamp, &families, r->received_unix_ns, options->unchecked,
				    reader->arena);
		if (c == NULL && reader->arena->is_full)
			(void)err_over(reterr, LIMIT_PUSH_MEMORY,
				       "the push needs more memory than one request may take");
		else if (c == NULL)
			(void)err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	}
	buf_free(&inflated);
	if (c == NULL && reterr->code != ERR_BUSY)
		log_debug(SLICE("failed to parse text"), LOG_TEXT("source", r->remote),
			  LOG_TEXT("err", reterr->msg));
	return c;
}

/* The reference logs what could be decoded of the job, and the bare fault. */
static void log_bad_job(struct slice text, struct arena *arena)
{
	struct slice decoded;
	char fault[80];
	size_t offset;

	if (base64_decode(text, arena, &decoded, &offset) != BASE64_ILLEGAL)
		return;
	(void)snprintf(fault, sizeof(fault), "illegal base64 data at input byte %zu", offset);
	log_debug(SLICE("invalid base64 encoding in job name"), LOG_TEXT("job", decoded),
		  LOG_TEXT("err", slice_of(fault)));
}

/* The reference logs faults of the job and of the labels under different names. */
static void log_bad_path(const struct push_path *path, struct slice sentence, struct arena *arena)
{
	struct slice no_job = SLICE("job name is required");

	if (!log_wants(LOG_DEBUG))
		return;
	if (slice_starts(sentence, SLICE("invalid base64 encoding in job name")))
		log_bad_job(path->job, arena);
	else if (slice_eq(sentence, no_job))
		log_debug(no_job);
	else
		log_debug(SLICE("failed to parse URL"), LOG_TEXT("url", path->labels),
			  LOG_TEXT("err", sentence));
}

/* The grouping labels; NULL, and why, when the path says nothing sensible. */
static struct stamp *stamp_of_path(struct worker *w, const struct push_path *path,
				   const struct push_limits *limits, struct err *reterr)
{
	struct label *labels;
	struct stamp *stamp;
	size_t n_labels;

	if (path_parse(path, w->app->options.names, limits->labels_max, &w->arena, &labels,
		       &n_labels, reterr) != ERR_NONE) {
		log_bad_path(path, reterr->msg, &w->arena);
		return NULL;
	}
	for (size_t i = 0; i < n_labels; i++) {
		if (limits->name_bytes_max != 0 && labels[i].name.len > limits->name_bytes_max)
			(void)err_over(reterr, LIMIT_PUSH_NAME,
				       "a label name in the path has more than %" PRIu32 " bytes",
				       limits->name_bytes_max);
		else if (limits->value_bytes_max != 0 &&
			 labels[i].value.len > limits->value_bytes_max)
			(void)err_over(reterr, LIMIT_PUSH_VALUE,
				       "a label value in the path has more than %" PRIu32 " bytes",
				       limits->value_bytes_max);
		else
			continue;
		return NULL;
	}
	stamp = stamp_new(labels, n_labels);
	if (stamp == NULL)
		(void)err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	return stamp;
}

void handle_push(struct worker *w, struct http_exchange *x, const struct push_path *path)
{
	const struct http_request *r = http_exchange_request(x);
	struct err err = err_in(&w->arena);
	struct stamp *stamp = stamp_of_path(w, path, &w->app->options.push_limits, &err);
	struct push_reader reader = {
		.options = &w->app->options, .arena = &w->arena, .bytes_max = w->read_bytes_max};
	struct change *c;

	if (stamp != NULL && access_judge_group(r, stamp->grouping, &err) != ERR_NONE) {
		note_forbidden(w, r, ROLE_PUSH, err.msg);
		stamp_free(stamp);
		stamp = NULL;
	}
	if (stamp == NULL) {
		push_answer_err(x, r->remote, &err);
		return;
	}
	if (r->method == HTTP_DELETE) {
		push_judge(w, x, r, change_new_delete(stamp, r->received_unix_ns));
		return;
	}
	c = push_read(&reader, r, &stamp, &err);
	if (c != NULL) {
		push_judge(w, x, r, c);
	} else if (err.code == ERR_BUSY) {
		push_later(w, x, stamp);
	} else {
		stamp_free(stamp);
		push_answer_err(x, r->remote, &err);
	}
}

void handle_wipe(struct worker *w, struct http_exchange *x)
{
	const struct http_request *r = http_exchange_request(x);

	log_debug(SLICE("start wiping metric store"));
	push_judge(w, x, r, change_new_wipe(r->received_unix_ns));
}

static struct slice method_name(enum http_method method)
{
	return method == HTTP_PUT ? SLICE("PUT") : SLICE("POST");
}

static void answer_refused(const struct change *c, const struct waiting *waiting)
{
	struct buf faults, sentence;

	buf_init(&faults, ANSWER_BYTES_MAX);
	buf_init(&sentence, ANSWER_BYTES_MAX + REFUSED.len);
	faults_write(&c->faults, &faults);
	buf_put(&sentence, REFUSED);
	buf_put(&sentence, SLICE(": "));
	buf_put(&sentence, buf_slice(&faults));
	log_error(REFUSED, LOG_TEXT("method", method_name(waiting->method)),
		  LOG_TEXT("source", ((struct slice){waiting->remote, waiting->remote_bytes})),
		  LOG_TEXT("err", buf_slice(&faults)));
	http_answer_error(waiting->exchange, err_http_status(ERR_CONFLICT),
			  buf_ok(&sentence) ? buf_slice(&sentence) : REFUSED);
	buf_free(&faults);
	buf_free(&sentence);
}

static void answer_full(const struct change *c, const struct waiting *waiting)
{
	struct buf sentence;

	buf_init(&sentence, 256);
	limit_exceeded(c->full);
	buf_putf(&sentence, "the gateway is full: the push would exceed --%.*s",
		 SLICE_ARG(limit_flag(c->full)));
	log_warn(SLICE("push refused"),
		 LOG_TEXT("source", ((struct slice){waiting->remote, waiting->remote_bytes})),
		 LOG_TEXT("err", buf_slice(&sentence)));
	http_answer_error(waiting->exchange, err_http_status(ERR_FULL), buf_slice(&sentence));
	buf_free(&sentence);
}

static void answer_not_durable(const struct change *c, const struct waiting *waiting)
{
	struct buf sentence;

	buf_init(&sentence, 1024);
	buf_putf(&sentence, "the change could not be made durable: %s", c->why);
	http_answer_error(waiting->exchange, err_http_status(ERR_DISK), buf_slice(&sentence));
	buf_free(&sentence);
}

static bool is_push(const struct change *c)
{
	return c->kind == CHANGE_REPLACE || c->kind == CHANGE_MERGE;
}

static void answer_verdict(const struct change *c)
{
	const struct waiting *waiting = c->owner;

	if (c->kind == CHANGE_DELETE_SELECTED) {
		api_answer_deleted(waiting->exchange, c);
		return;
	}
	switch (c->verdict) {
	case ERR_NONE:
		answer_status(waiting->exchange, is_push(c) && !c->unchecked ? 200 : 202);
		return;
	case ERR_CONFLICT:
		/* Without the check the reference answers before it looks; a timestamp then only
		 * leaves its failure time. */
		if (c->unchecked)
			answer_status(waiting->exchange, 202);
		else
			answer_refused(c, waiting);
		return;
	case ERR_FULL:
		answer_full(c, waiting);
		return;
	case ERR_DISK:
		answer_not_durable(c, waiting);
		return;
	default:
		http_answer_error(waiting->exchange, err_http_status(ERR_NOMEM),
				  SLICE("out of memory"));
		return;
	}
}

static void answer_all(struct worker *w, struct change *first)
{
	struct change *next;

	w->answers_ns = clock_monotonic_ns();
	for (struct change *c = first; c != NULL; c = next) {
		next = c->next;
		answer_verdict(c);
		free(c->owner);
		change_free(c);
	}
	w->answers_ns = 0;
}

bool push_turn_end(struct worker *w)
{
	bool answered = push_later_collect(w);
	struct change *first = w->first;

	if (first != NULL) {
		w->first = NULL;
		w->tail = &w->first;
		keeper_send(w->box, first);
	}
	first = keeper_receive(w->box);
	answer_all(w, first);
	return answered || first != NULL;
}

void push_close(struct worker *w)
{
	answer_all(w, keeper_box_close(w->box));
	keeper_box_free(w->box);
	w->box = NULL;
}
