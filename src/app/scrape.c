/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /metrics: takes a snapshot and hands its exposition to the connection, which asks for it
 * piece by piece. */
#include <stdlib.h>

#include "app/app_private.h"
#include "app/exposition.h"
#include "base/limits.h"
#include "base/log.h"
#include "format/accept.h"
#include "http/accept_encoding.h"
#include "store/check_snapshot.h"

#define SCRAPES SLICE("too many scrapes at once (--web.max-scrapes)")

enum {
	FAULTS_BYTES_MAX = 4 * 1024 * 1024,
	STALLED_MS_MIN = 2, /* who reads at once is not cut */
};

/* What an answer under way holds. */
struct scrape {
	struct app *app;
	const struct snapshot *snapshot;
	struct squeeze_source text;
};

/* The store has been rewritten under it: its client is too slow. */
static bool scrape_outlived(void *state)
{
	struct scrape *s = state;

	if (!snapshot_outlived(s->snapshot))
		return false;
	log_warn(SLICE("scrape cut: its client did not read while most of what is stored changed"));
	return true;
}

static enum http_piece scrape_next(void *state, struct slice *ret_text,
				   struct squeeze_slots **ret_slots)
{
	struct scrape *s = state;

	if (scrape_outlived(s))
		return HTTP_PIECE_FAILED;
	return s->text.next(s->text.state, ret_text, ret_slots);
}

static void scrape_free(struct scrape *s)
{
	if (s->text.release != NULL)
		s->text.release(s->text.state);
	if (s->snapshot != NULL)
		snapshot_release(s->snapshot);
	atomic_fetch_sub(&s->app->n_scrapes, 1);
	free(s);
}

static void scrape_release(void *state)
{
	scrape_free(state);
}

/* Whoever does not read gives way to who may. True: there is a place now. Another worker's clients
 * are that worker's to cut, at its next turn. */
static bool scrape_make_place(struct worker *w)
{
	if (!http_worker_cut_stalled(w->http, STALLED_MS_MIN)) {
		atomic_store_explicit(&w->app->scrapes_wanted, true, memory_order_relaxed);
		return false;
	}
	limit_exceeded(LIMIT_SCRAPES);
	log_warn(SLICE("scrape cut: its client does not read, and too many others scrape "
		       "(--web.max-scrapes)"));
	return true;
}

void scrape_turn_end(struct worker *w)
{
	if (atomic_load_explicit(&w->app->scrapes_wanted, memory_order_relaxed) &&
	    atomic_exchange(&w->app->scrapes_wanted, false))
		(void)scrape_make_place(w);
}

static bool scrape_place(struct app *app)
{
	if (atomic_fetch_add(&app->n_scrapes, 1) < app->options.scrapes_max)
		return true;
	atomic_fetch_sub(&app->n_scrapes, 1);
	return false;
}

/* Takes one of the places among the scrapes under way; NULL when an answer has been given. */
static struct scrape *scrape_new(struct worker *w, struct http_exchange *x)
{
	struct app *app = w->app;
	struct scrape *s;

	if (!scrape_place(app) && !(scrape_make_place(w) && scrape_place(app))) {
		limit_exceeded(LIMIT_SCRAPES);
		log_warn(SLICE("scrape refused"),
			 LOG_TEXT("source", http_exchange_request(x)->remote),
			 LOG_TEXT("err", SCRAPES));
		http_answer_error(x, 503, SCRAPES);
		return NULL;
	}
	s = malloc(sizeof(*s));
	if (s == NULL) {
		atomic_fetch_sub(&app->n_scrapes, 1);
		http_answer_error(x, 503, SLICE("out of memory"));
		return NULL;
	}
	*s = (struct scrape){.app = app, .snapshot = store_snapshot(keeper_store(app->keeper))};
	if (s->snapshot == NULL) {
		scrape_free(s);
		http_answer_error(x, 503, SLICE("out of memory"));
		return NULL;
	}
	return s;
}

static struct accept_choice choose(const struct worker *w, const struct http_exchange *x)
{
	struct slice accept = SLICE_EMPTY;

	(void)http_header_get(http_exchange_request(x), SLICE("Accept"), &accept);
	return accept_choose(accept, w->app->options.openmetrics_out);
}

/* Pushes that nobody checked may contradict each other. False when an answer has been given. */
static bool scrape_consistent(struct worker *w, struct http_exchange *x,
			      const struct snapshot *snapshot)
{
	struct faults faults;
	struct buf text;
	bool complete;

	if (!w->app->options.unchecked || snapshot_consistent(snapshot))
		return true;
	faults_init(&faults);
	buf_init(&text, FAULTS_BYTES_MAX);
	complete = check_snapshot(snapshot, &w->arena, &faults);
	if (faults.n > 0) {
		buf_put(&text, SLICE("error gathering metrics: "));
		faults_write(&faults, &text);
		log_error(buf_slice(&text));
		buf_clear(&text);
		buf_put(&text, SLICE("An error has occurred while serving metrics:\n\n"));
		faults_write(&faults, &text);
		http_answer_error(x, 500, buf_slice(&text));
	} else if (!complete) {
		http_answer_error(x, 503, SLICE("out of memory"));
	} else {
		snapshot_set_consistent(snapshot);
	}
	complete = complete && faults.n == 0;
	buf_free(&text);
	faults_free(&faults);
	return complete;
}

static enum http_coding choose_coding(const struct http_exchange *x)
{
	bool refused;
	enum http_coding coding = accept_encoding(http_exchange_request(x), &refused);

	if (refused)
		log_error(SLICE("error getting writer content compression format not recognized: . "
				"Valid formats are: [identity gzip]"));
	return coding;
}

/* Answers with what the scrape gives; takes it. */
static void answer_scrape(struct http_exchange *x, struct scrape *s, struct accept_choice choice,
			  enum http_coding coding)
{
	static const struct slice names[] = {
		[CODING_IDENTITY] = SLICE_TEXT("identity"),
		[CODING_GZIP] = SLICE_TEXT("gzip"),
		[CODING_ZSTD] = SLICE_TEXT("zstd"),
	};
	const struct squeeze_source source = {.next = scrape_next,
					      .release = scrape_release,
					      .outlived = scrape_outlived,
					      .state = s};
	const struct http_header headers[] = {
		{SLICE("Content-Encoding"), names[coding]},
		{SLICE("Content-Type"), accept_content_type(choice)},
	};
	size_t skipped = coding == CODING_IDENTITY ? 1 : 0;
	struct http_producer producer;

	if (!squeeze_open(&source, coding, &producer)) {
		scrape_free(s);
		http_answer_error(x, 503, SLICE("out of memory"));
		return;
	}
	http_answer(x, &(struct http_answer){
			       .status = 200,
			       .headers = headers + skipped,
			       .n_headers = sizeof(headers) / sizeof(headers[0]) - skipped,
			       .producer = &producer,
		       });
}

void handle_scrape(struct worker *w, struct http_exchange *x)
{
	struct accept_choice choice = choose(w, x);
	struct scrape *s = scrape_new(w, x);
	enum http_coding coding;

	if (s == NULL)
		return;
	if (!scrape_consistent(w, x, s->snapshot)) {
		scrape_free(s);
		return;
	}
	coding = choose_coding(x);
	if (!exposition_open(s->snapshot, w->app->options.self, choice, coding, &w->arena,
			     &s->text)) {
		scrape_free(s);
		http_answer_error(x, 503, SLICE("out of memory"));
		return;
	}
	answer_scrape(x, s, choice, coding);
}
