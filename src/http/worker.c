/* SPDX-License-Identifier: Apache-2.0 */
#include "http/worker.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/thread.h"
#include "http/http2.h"

enum {
	ACCEPTS_PER_TURN = 64,
	SWEEP_MS_MIN = 5,
	SWEEP_MS_MAX = 500,
	EXPIRED_PER_SWEEP = 200, /* many deadlines at once are taken in portions, others between */
	GATE_ARENA_BYTES_MIN = 256 * 1024, /* a sentence about the policy */
	GATE_ARENA_FACTOR = 2,             /* an Authorization header, decoded */
};

/* --- for connections ---------------------------------------------------------------------------
 */

void worker_wait(struct http_worker *w, struct conn *c, enum wait_class class)
{
	struct wait_list *list = &w->waiting[class];

	c->wait = class;
	c->wait_ms = w->now_ms;
	c->wait_next = NULL;
	c->wait_prev = list->tail;
	*(list->tail == NULL ? &list->head : &list->tail->wait_next) = c;
	list->tail = c;
}

void worker_unwait(struct http_worker *w, struct conn *c)
{
	struct wait_list *list = &w->waiting[c->wait];

	*(c->wait_prev == NULL ? &list->head : &c->wait_prev->wait_next) = c->wait_next;
	*(c->wait_next == NULL ? &list->tail : &c->wait_next->wait_prev) = c->wait_prev;
}

void worker_buf_take(struct http_worker *w, struct buf *b)
{
	if (b->ptr != NULL)
		return;
	b->ptr = w->n_spares > 0 ? w->spares[--w->n_spares] : malloc(WORKER_SPARE_BYTES);
	b->capacity = b->ptr == NULL ? 0 : WORKER_SPARE_BYTES;
}

void worker_buf_give(struct http_worker *w, struct buf *b)
{
	assert(b->len == 0);
	if (b->capacity == WORKER_SPARE_BYTES && w->n_spares < WORKER_SPARES_MAX) {
		w->spares[w->n_spares++] = b->ptr;
		buf_init(b, b->bytes_max);
	} else {
		buf_free(b);
	}
}

void worker_conn_gone(struct http_worker *w)
{
	w->n_connections--;
	atomic_fetch_sub_explicit(&w->shared->n_connections, 1, memory_order_relaxed);
}

bool worker_buffer_charge(struct http_worker *w, size_t bytes)
{
	size_t before =
		atomic_fetch_add_explicit(&w->shared->buffer_bytes, bytes, memory_order_relaxed);

	if (before + bytes <= w->limits.buffer_bytes_max)
		return true;
	worker_buffer_release(w, bytes);
	return false;
}

void worker_buffer_release(struct http_worker *w, size_t bytes)
{
	atomic_fetch_sub_explicit(&w->shared->buffer_bytes, bytes, memory_order_relaxed);
}

/* --- accepting ---------------------------------------------------------------------------------
 */

static void accepting_set(struct http_worker *w, bool accepting)
{
	if (w->accepting == accepting)
		return;
	for (size_t i = 0; i < w->n_listeners; i++) {
		if (accepting)
			(void)event_add(&w->listeners[i].event, NULL);
		else
			(void)event_del(&w->listeners[i].event);
	}
	w->accepting = accepting;
}

static void accepted(struct http_worker *w, int fd, const struct sockaddr_storage *remote)
{
	uint32_t before =
		atomic_fetch_add_explicit(&w->shared->n_connections, 1, memory_order_relaxed);

	w->n_connections++;
	if (before >= w->limits.connections_max) {
		if (before == w->limits.connections_max)
			log_warn(SLICE("too many connections (--web.max-connections): new ones are "
				       "closed"));
		limit_exceeded(LIMIT_CONNECTIONS);
		close(fd);
		worker_conn_gone(w);
		return;
	}
	conn_open(w, fd, remote);
}

static void on_acceptable(evutil_socket_t listen_fd, short what, void *arg)
{
	struct worker_listener *l = arg;
	struct http_worker *w = l->worker;

	(void)what;
	w->now_ms = clock_monotonic_ms();
	for (int n = 0; n < ACCEPTS_PER_TURN; n++) {
		struct sockaddr_storage remote = {0};
		socklen_t len = sizeof(remote);
		int fd = accept4(listen_fd, (struct sockaddr *)&remote, &len,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			w->starved = false;
			accepted(w, fd, &remote);
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			   errno == ENOMEM) {
			if (!w->starved)
				log_warn(SLICE("cannot accept connections: new ones wait"),
					 LOG_TEXT("err", slice_of(strerrordesc_np(errno))));
			w->starved = true;
			accepting_set(w, false); /* until the next sweep: no spinning */
			return;
		} else if (errno == EAGAIN || errno == EINVAL) { /* EINVAL: it is shut down */
			return;
		} /* else that one connection failed before it was taken: go on with the next */
	}
}

/* --- the turn ----------------------------------------------------------------------------------
 */

static void resume_ready(struct http_worker *w)
{
	struct conn *c = w->ready;

	w->ready = NULL;
	while (c != NULL) {
		struct conn *next = c->ready_next;

		c->is_ready = false;
		conn_resume(c);
		c = next;
	}
}

/* Sending one may cut a stream of another, which then has a reset to send. */
static void flush_dirty(struct http_worker *w)
{
	while (w->dirty != NULL) {
		struct conn *c = w->dirty;

		w->dirty = c->dirty_next;
		c->is_dirty = false;
		conn_flush(c);
	}
}

static void free_dead(struct http_worker *w)
{
	struct conn *c = w->dead;

	w->dead = NULL;
	while (c != NULL) {
		struct conn *next = c->dead_next;

		if (c->is_ready || c->is_dirty || c->is_unread) {
			c->dead_next = w->dead;
			w->dead = c;
		} else {
			conn_free(c);
		}
		c = next;
	}
}

/* In the turn after they were read: others come between. */
static void read_unread(struct http_worker *w)
{
	struct conn *c = w->unread;

	w->unread = NULL;
	while (c != NULL) {
		struct conn *next = c->unread_next;

		c->is_unread = false;
		conn_read_again(c);
		c = next;
	}
}

static void take_mail(struct http_worker *w)
{
	void *asker;
	bool right;

	while (login_mailbox_take(&w->mail, &asker, &right))
		conn_judged(asker, right);
}

static void turn_finish(struct http_worker *w)
{
	bool again;

	w->now_ms = clock_monotonic_ms();
	take_mail(w);
	do {
		resume_ready(w);
		again = w->app.turn_end != NULL && w->app.turn_end(w->context);
	} while (again || w->ready != NULL);
	flush_dirty(w);
	free_dead(w);
}

/* --- deadlines ---------------------------------------------------------------------------------
 */

/* False: there are more than one sweep takes. */
static bool expire(struct http_worker *w)
{
	int n = 0;

	for (enum wait_class class = 0; class < WAIT_APP; class ++) {
		struct wait_list *list = &w->waiting[class];
		struct conn *c, *next;

		for (c = list->head; c != NULL; c = next) {
			if (w->now_ms - c->wait_ms < (int64_t)list->timeout_ms)
				break;
			if (n++ == EXPIRED_PER_SWEEP)
				return false;
			next = c->wait_next;
			conn_expired(c);
		}
	}
	return true;
}

static void sweep_arm(struct http_worker *w, uint32_t period_ms)
{
	struct timeval period = {.tv_sec = period_ms / 1000,
				 .tv_usec = (suseconds_t)(period_ms % 1000) * 1000};

	(void)event_add(&w->sweep_event, &period);
}

static uint32_t sweep_period_ms(const struct http_worker *w)
{
	uint32_t period = SWEEP_MS_MAX;

	for (int class = 0; class < WAIT_STREAMS; class ++)
		if (w->waiting[class].timeout_ms / 8 < period)
			period = w->waiting[class].timeout_ms / 8;
	return period < SWEEP_MS_MIN ? SWEEP_MS_MIN : period;
}

static void on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct http_worker *w = arg;
	bool more;

	(void)fd;
	(void)what;
	w->now_ms = clock_monotonic_ms();
	more = !expire(w);
	if (w->draining)
		return;
	if (more != w->sweeping_on)
		sweep_arm(w, more ? SWEEP_MS_MIN : sweep_period_ms(w));
	w->sweeping_on = more;
	accepting_set(w, true);
}

bool http_worker_cut_stalled(struct http_worker *w, int64_t stalled_ms_min)
{
	struct conn *longest = NULL;
	int64_t longest_ms = INT64_MAX, stream_ms;
	struct http2_stream *stream = http2_longest_stalled(w, &stream_ms);

	for (struct conn *c = w->streams; c != NULL; c = c->stream_next) {
		int64_t since_ms = conn_stalled_since_ms(c);

		if (since_ms < longest_ms) {
			longest = c;
			longest_ms = since_ms;
		}
	}
	if ((stream_ms < longest_ms ? stream_ms : longest_ms) > w->now_ms - stalled_ms_min)
		return false;
	if (stream_ms < longest_ms)
		http2_stream_cut(stream);
	else
		conn_cut(longest);
	return true;
}

void http_worker_review(struct http_worker *w)
{
	static const enum wait_class classes[] = {WAIT_RESPONSE, WAIT_STREAMS};
	struct conn *c, *next;

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		for (c = w->waiting[classes[i]].head; c != NULL; c = next) {
			next = c->wait_next;
			conn_review(c);
		}
	}
}

/* --- start and stop ----------------------------------------------------------------------------
 */

void http_worker_wake(struct http_worker *w)
{
	uint64_t one = 1;
	ssize_t n;

	if (atomic_exchange(&w->woken, true))
		return;
	n = write(w->wake_fd, &one, sizeof(one));
	assert(n == sizeof(one));
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct http_worker *w = arg;
	uint64_t count;
	ssize_t n = read(fd, &count, sizeof(count));

	(void)what;
	(void)n; /* EAGAIN: a turn comes anyway */
	/* Before turn_end looks at its mail: whoever mails later than this wakes again. */
	atomic_store(&w->woken, false);
}

static void drain_begin(struct http_worker *w)
{
	w->draining = true;
	w->now_ms = clock_monotonic_ms();
	accepting_set(w, false);
	for (int class = 0; class < N_WAIT_CLASSES; class ++) {
		struct conn *c, *next;

		for (c = w->waiting[class].head; c != NULL; c = next) {
			next = c->wait_next;
			conn_drain(c);
		}
	}
	sweep_arm(w, SWEEP_MS_MIN);
}

static void close_all(struct http_worker *w)
{
	for (int class = 0; class < N_WAIT_CLASSES; class ++) {
		struct conn *c, *next;

		for (c = w->waiting[class].head; c != NULL; c = next) {
			next = c->wait_next;
			conn_close(c); /* GONE ones stay: their exchange waits */
		}
	}
	resume_ready(w);
	flush_dirty(w);
	read_unread(w);
	free_dead(w);
	assert(w->n_connections == 0);
}

static void free_unanswered(struct http_worker *w)
{
	struct conn *c;

	while ((c = w->waiting[WAIT_APP].head) != NULL) {
		worker_unwait(w, c);
		conn_free(c);
	}
	free_dead(w);
}

/* --- a worker's life ---------------------------------------------------------------------------
 */

bool worker_begin(struct http_worker *w)
{
	w->now_ms = clock_monotonic_ms();
	w->context = w->app.worker_open(w->app.app, w);
	if (w->context == NULL)
		return false;
	must_ok(event_add(&w->wake_event, NULL));
	w->waiting[WAIT_STREAMS].timeout_ms = sweep_period_ms(w);
	sweep_arm(w, sweep_period_ms(w));
	accepting_set(w, true);
	return true;
}

bool worker_turn(struct http_worker *w)
{
	int64_t stop_at_ms;

	(void)event_base_loop(w->base, w->ready == NULL && w->unread == NULL
					       ? EVLOOP_ONCE
					       : EVLOOP_ONCE | EVLOOP_NONBLOCK);
	read_unread(w);
	stop_at_ms = atomic_load(&w->stop_at_ms);
	if (stop_at_ms != 0 && !w->draining)
		drain_begin(w);
	turn_finish(w);
	return !w->draining || (w->n_connections > 0 && w->now_ms < stop_at_ms);
}

void worker_end(struct http_worker *w)
{
	close_all(w);
	w->app.worker_close(w->context);
	free_unanswered(w);
}

static void opened(struct http_worker *w, bool ok)
{
	must_ok(pthread_mutex_lock(&w->mtx));
	w->state = ok ? WORKER_OPEN : WORKER_FAILED;
	must_ok(pthread_cond_signal(&w->opened));
	must_ok(pthread_mutex_unlock(&w->mtx));
}

static void *worker_main(void *arg)
{
	struct http_worker *w = arg;
	bool ok = worker_begin(w);

	opened(w, ok);
	if (!ok)
		return NULL;
	while (worker_turn(w))
		;
	worker_end(w);
	return NULL;
}

bool worker_start(struct http_worker *w)
{
	bool ok;

	w->has_thread = thread_start(&w->thread, worker_main, w);
	if (!w->has_thread)
		return false;
	must_ok(pthread_mutex_lock(&w->mtx));
	while (w->state == WORKER_OPENING)
		must_ok(pthread_cond_wait(&w->opened, &w->mtx));
	ok = w->state == WORKER_OPEN;
	must_ok(pthread_mutex_unlock(&w->mtx));
	return ok;
}

void worker_stop(struct http_worker *w, int64_t stop_at_ms)
{
	if (!w->has_thread)
		return;
	atomic_store(&w->stop_at_ms, stop_at_ms);
	http_worker_wake(w);
}

void worker_join(struct http_worker *w)
{
	if (w->has_thread)
		must_ok(pthread_join(w->thread, NULL));
	w->has_thread = false;
}

static struct event_base *base_new(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config == NULL)
		return NULL;
	if (event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK) == 0)
		base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

static bool listeners_init(struct http_worker *w, const int *listen_fds, size_t n)
{
	w->listeners = calloc(n, sizeof(*w->listeners));
	if (w->listeners == NULL)
		return false;
	w->n_listeners = n;
	for (size_t i = 0; i < n; i++) {
		struct worker_listener *l = &w->listeners[i];

		l->worker = w;
		l->fd = listen_fds[i];
		must_ok(event_assign(&l->event, w->base, l->fd, EV_READ | EV_PERSIST, on_acceptable,
				     l));
	}
	return true;
}

static bool space_init(struct http_worker *w)
{
	w->scratch = malloc(WORKER_SCRATCH_BYTES);
	w->space = (struct http1_space){
		.headers = calloc(WORKER_HEADERS_MAX, sizeof(struct http_header)),
		.headers_max = WORKER_HEADERS_MAX,
		.decoded = malloc(w->limits.header_bytes_max),
		.head_bytes_max = w->limits.header_bytes_max,
	};
	return w->scratch != NULL && w->space.headers != NULL && w->space.decoded != NULL;
}

bool worker_init(struct http_worker *w, const struct http_server_options *options,
		 struct http_shared *shared, const int *listen_fds, size_t n)
{
	*w = (struct http_worker){
		.limits = options->limits,
		.app = options->app,
		.shared = shared,
		.date_s = -1,
		.waiting = {[WAIT_HEADER] = {.timeout_ms = options->limits.header_timeout_ms},
			    [WAIT_BODY] = {.timeout_ms = options->limits.body_timeout_ms},
			    [WAIT_IDLE] = {.timeout_ms = options->limits.idle_timeout_ms},
			    [WAIT_RESPONSE] = {.timeout_ms = options->limits.response_timeout_ms},
			    [WAIT_LINGER] = {.timeout_ms = LINGER_MS}},
	};
	must_ok(pthread_mutex_init(&w->mtx, NULL));
	must_ok(pthread_cond_init(&w->opened, NULL));
	login_mailbox_init(&w->mail, w);
	arena_init(&w->gate_arena,
		   GATE_ARENA_FACTOR * options->limits.header_bytes_max + GATE_ARENA_BYTES_MIN);
	w->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	w->base = base_new();
	if (w->wake_fd < 0 || w->base == NULL)
		return false;
	must_ok(event_assign(&w->wake_event, w->base, w->wake_fd, EV_READ | EV_PERSIST, on_wake,
			     w));
	must_ok(event_assign(&w->sweep_event, w->base, -1, EV_PERSIST, on_sweep, w));
	return space_init(w) && listeners_init(w, listen_fds, n);
}

void worker_destroy(struct http_worker *w)
{
	assert(!w->has_thread);
	while (w->n_spares > 0)
		free(w->spares[--w->n_spares]);
	free(w->scratch);
	free(w->space.headers);
	free(w->space.decoded);
	if (w->base != NULL) {
		if (w->listeners != NULL)
			accepting_set(w, false);
		if (w->wake_fd >= 0) {
			(void)event_del(&w->wake_event);
			(void)event_del(&w->sweep_event);
		}
		event_base_free(w->base);
	}
	free(w->listeners);
	if (w->wake_fd >= 0)
		close(w->wake_fd);
	login_mailbox_destroy(&w->mail);
	arena_free(&w->gate_arena);
	must_ok(pthread_cond_destroy(&w->opened));
	must_ok(pthread_mutex_destroy(&w->mtx));
}
