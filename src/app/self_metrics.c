/* SPDX-License-Identifier: Apache-2.0 */
#include "app/self_metrics.h"

#include <pthread.h>
#include <stdlib.h>

#include "app/self_private.h"
#include "app/summary.h"
#include "base/clock.h"
#include "base/limits.h"
#include "format/extras.h"
#include "format/number.h"
#include "store/keeper.h"

static const struct {
	struct slice name, help;
	enum metric_type type;
	bool from_start; /* present at the start, which is when the reference records the helps */
} table[FAMILIES] = {
	[PROCESS_CPU_SECONDS] = {SLICE_TEXT("process_cpu_seconds_total"),
				 SLICE_TEXT("Total user and system CPU time spent in seconds."),
				 METRIC_COUNTER, true},
	[PROCESS_MAX_FDS] = {SLICE_TEXT("process_max_fds"),
			     SLICE_TEXT("Maximum number of open file descriptors."), METRIC_GAUGE,
			     true},
	[PROCESS_RECEIVED_BYTES] = {SLICE_TEXT("process_network_receive_bytes_total"),
				    SLICE_TEXT("Number of bytes received by the process over the "
					       "network."),
				    METRIC_COUNTER, true},
	[PROCESS_SENT_BYTES] = {SLICE_TEXT("process_network_transmit_bytes_total"),
				SLICE_TEXT("Number of bytes sent by the process over the network."),
				METRIC_COUNTER, true},
	[PROCESS_OPEN_FDS] = {SLICE_TEXT("process_open_fds"),
			      SLICE_TEXT("Number of open file descriptors."), METRIC_GAUGE, true},
	[PROCESS_RESIDENT_BYTES] = {SLICE_TEXT("process_resident_memory_bytes"),
				    SLICE_TEXT("Resident memory size in bytes."), METRIC_GAUGE,
				    true},
	[PROCESS_START_SECONDS] = {SLICE_TEXT("process_start_time_seconds"),
				   SLICE_TEXT("Start time of the process since unix epoch in "
					      "seconds."),
				   METRIC_GAUGE, true},
	[PROCESS_VIRTUAL_BYTES] = {SLICE_TEXT("process_virtual_memory_bytes"),
				   SLICE_TEXT("Virtual memory size in bytes."), METRIC_GAUGE, true},
	[PROCESS_VIRTUAL_BYTES_MAX] = {SLICE_TEXT("process_virtual_memory_max_bytes"),
				       SLICE_TEXT("Maximum amount of virtual memory available in "
						  "bytes."),
				       METRIC_GAUGE, true},
	[BUILD_INFO] = {SLICE_TEXT("pushgateway_build_info"),
			SLICE_TEXT(
				"A metric with a constant '1' value labeled by version, revision, "
				"branch, goversion from which pushgateway was built, and the goos "
				"and goarch for the build."),
			METRIC_GAUGE, true},
	[DENIED] = {SLICE_TEXT("pushgateway_http_denied_requests_total"),
		    SLICE_TEXT("HTTP requests whose user had not the role or the group, by role."),
		    METRIC_COUNTER, false},
	[PUSH_DURATION] = {SLICE_TEXT("pushgateway_http_push_duration_seconds"),
			   SLICE_TEXT("HTTP request duration for pushes to the Pushgateway."),
			   METRIC_SUMMARY, false},
	[PUSH_SIZE] = {SLICE_TEXT("pushgateway_http_push_size_bytes"),
		       SLICE_TEXT("HTTP request size for pushes to the Pushgateway."),
		       METRIC_SUMMARY, false},
	[REQUESTS] = {SLICE_TEXT("pushgateway_http_requests_total"),
		      SLICE_TEXT("Total HTTP requests processed by the Pushgateway, excluding "
				 "scrapes."),
		      METRIC_COUNTER, false},
	[LIMITS_EXCEEDED] = {SLICE_TEXT("pushgateway_limit_exceeded_total"),
			     SLICE_TEXT("Requests, answers and connections that met a limit, by "
					"its flag."),
			     METRIC_COUNTER, false},
	[COMMIT_CHANGES] = {SLICE_TEXT("pushgateway_persistence_commit_changes"),
			    SLICE_TEXT("Changes that became durable together, by commit."),
			    METRIC_HISTOGRAM, false},
	[COMMIT_DURATION] = {SLICE_TEXT("pushgateway_persistence_commit_duration_seconds"),
			     SLICE_TEXT("Time that a commit to the persistence file took."),
			     METRIC_HISTOGRAM, false},
	[COMMIT_FAILURES] = {SLICE_TEXT("pushgateway_persistence_commit_failures_total"),
			     SLICE_TEXT("Commits to the persistence file that failed."),
			     METRIC_COUNTER, false},
	[COMMITS] = {SLICE_TEXT("pushgateway_persistence_commits_total"),
		     SLICE_TEXT("Commits to the persistence file."), METRIC_COUNTER, false},
	[CORRUPT_ROWS] = {SLICE_TEXT("pushgateway_persistence_corrupt_rows"),
			  SLICE_TEXT("Damaged rows of the persistence file that were set aside and "
				     "are not served."),
			  METRIC_GAUGE, false},
	[FILE_BYTES] = {SLICE_TEXT("pushgateway_persistence_file_bytes"),
			SLICE_TEXT("Size of the persistence file and of its write-ahead log."),
			METRIC_GAUGE, false},
	[LAST_COMMIT] = {SLICE_TEXT("pushgateway_persistence_last_commit_timestamp_seconds"),
			 SLICE_TEXT("Time of the last commit since unix epoch in seconds."),
			 METRIC_GAUGE, false},
	[PENDING_CHANGES] = {SLICE_TEXT("pushgateway_persistence_pending_changes"),
			     SLICE_TEXT("Changes that wait for their commit."), METRIC_GAUGE,
			     false},
};

static const struct slice method_names[SELF_METHODS] = {SLICE_TEXT("get"), SLICE_TEXT("put"),
							SLICE_TEXT("post"), SLICE_TEXT("delete"),
							SLICE_TEXT("options")};

static const struct slice handler_names[SELF_HANDLERS] = {
#define X(handler, name) [handler] = SLICE_TEXT(name),
	SELF_HANDLER_TABLE(X)
#undef X
};

enum {
	RING_SIZE = 1024, /* a power of two */
	RING_WANTED_EMPTY = QUANTILES_GATHERED_MAX,
	CELLS_MAX = 256, /* more than there are routes times statuses they answer */
	CODE_TEXT_BYTES = NUMBER_TEXT_BYTES_MAX,
	PROCESS_AGE_NS_MAX = 100 * 1000 * 1000,
};

struct observation {
	double size_bytes, duration_s;
	enum self_method method;
};

/* One child of the request counter. */
struct cell {
	uint32_t key; /* status, handler, method */
	int64_t created_ns;
	_Atomic uint64_t n;
};

struct self_part {
	struct self_metrics *all;
	struct self_part *next;
	uint32_t methods_seen; /* the worker's own: bits of enum self_method */

	/* written by the worker, read by whoever collects */
	_Atomic uint32_t n_cells;
	struct cell cells[CELLS_MAX];

	/* written by the worker, emptied under the mutex */
	_Atomic uint32_t n_written;
	struct observation ring[RING_SIZE];

	_Atomic uint32_t n_emptied; /* written under the mutex */
};

struct denied {
	_Atomic uint64_t n;
	_Atomic int64_t created_ns; /* 0: none yet */
};

struct pushes {
	bool seen;
	int64_t created_ns;
	struct summary size, duration;
};

struct self_metrics {
	/* never change after self_metrics_new */
	struct self_build build;
	double boot_seconds;
	const struct keeper *keeper; /* NULL: without a persistence file */

	/* any thread */
	struct own_family families[FAMILIES];
	struct denied denied[ROLES];
	_Atomic int64_t turn_ns; /* from then on a stream must be begun anew; 0: no push yet */

	pthread_mutex_t mutex; /* over all that follows */
	struct self_part *parts;
	struct pushes pushes[SELF_METHODS];
	struct process_numbers process;
	int64_t process_read_ns; /* 0: not yet */
};

struct self_metrics *self_metrics_new(const struct self_build *build)
{
	struct self_metrics *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->build = *build;
	m->boot_seconds = process_boot_seconds();
	for (int i = 0; i < FAMILIES; i++) {
		m->families[i] = (struct own_family){.name = table[i].name,
						     .help = table[i].help,
						     .type = table[i].type,
						     .help_imposed = table[i].from_start};
		atomic_init(&m->families[i].present, table[i].from_start);
	}
	must_ok(pthread_mutex_init(&m->mutex, NULL));
	return m;
}

struct self_metrics *self_metrics_free(struct self_metrics *m)
{
	if (m == NULL)
		return NULL;
	for (struct self_part *part = m->parts, *next; part != NULL; part = next) {
		next = part->next;
		free(part);
	}
	for (int i = 0; i < SELF_METHODS; i++) {
		summary_free(&m->pushes[i].size);
		summary_free(&m->pushes[i].duration);
	}
	must_ok(pthread_mutex_destroy(&m->mutex));
	free(m);
	return NULL;
}

const struct own_family *self_metrics_families(const struct self_metrics *m, size_t *ret_n)
{
	*ret_n = FAMILIES;
	return m->families;
}

void self_metrics_set_keeper(struct self_metrics *m, const struct keeper *k)
{
	if (keeper_ledger_view(k)->path == NULL)
		return;
	m->keeper = k;
	for (int i = COMMIT_CHANGES; i < FAMILIES; i++)
		atomic_store(&m->families[i].present, true);
}

struct self_part *self_part_new(struct self_metrics *m)
{
	struct self_part *part = calloc(1, sizeof(*part));

	if (part == NULL)
		return NULL;
	part->all = m;
	must_ok(pthread_mutex_lock(&m->mutex));
	part->next = m->parts;
	m->parts = part;
	must_ok(pthread_mutex_unlock(&m->mutex));
	return part;
}

/* ---- counting ---- */

static uint32_t cell_key(enum self_handler handler, enum self_method method, int status)
{
	return (uint32_t)status << 16 | (uint32_t)handler << 8 | (uint32_t)method;
}

static void family_appears(struct self_metrics *m, int family)
{
	_Atomic bool *present = &m->families[family].present;

	if (!atomic_load_explicit(present, memory_order_relaxed))
		atomic_store_explicit(present, true, memory_order_relaxed);
}

void self_count(struct self_part *part, enum self_handler handler, enum self_method method,
		int status)
{
	uint32_t key = cell_key(handler, method, status), i;
	uint32_t n = atomic_load_explicit(&part->n_cells, memory_order_relaxed);
	struct cell *cell;

	for (i = 0; i < n && part->cells[i].key != key; i++)
		;
	cell = &part->cells[i];
	if (i == n) {
		assert(n < CELLS_MAX);
		cell->key = key;
		cell->created_ns = clock_unix_ns();
		atomic_store_explicit(&part->n_cells, n + 1, memory_order_release);
		family_appears(part->all, REQUESTS);
	}
	/* nobody else writes it */
	atomic_store_explicit(&cell->n, atomic_load_explicit(&cell->n, memory_order_relaxed) + 1,
			      memory_order_relaxed);
}

void self_count_denied(struct self_metrics *m, enum role role)
{
	struct denied *d = &m->denied[role];
	int64_t never = 0;

	(void)atomic_compare_exchange_strong(&d->created_ns, &never, clock_unix_ns());
	(void)atomic_fetch_add_explicit(&d->n, 1, memory_order_relaxed);
	family_appears(m, DENIED);
}

/* Under the mutex. The order in which one worker saw them is kept. */
static void part_empty(struct self_metrics *m, struct self_part *part)
{
	double sizes[RING_SIZE], durations[RING_SIZE];
	uint32_t from = atomic_load_explicit(&part->n_emptied, memory_order_relaxed);
	uint32_t to = atomic_load_explicit(&part->n_written, memory_order_acquire);

	for (int method = 0; method < SELF_METHODS; method++) {
		size_t n = 0;

		for (uint32_t i = from; i != to && m->pushes[method].seen; i++) {
			const struct observation *o = &part->ring[i % RING_SIZE];

			if (o->method != (enum self_method)method)
				continue;
			sizes[n] = o->size_bytes;
			durations[n++] = o->duration_s;
		}
		if (n == 0)
			continue;
		summary_add(&m->pushes[method].size, sizes, n);
		summary_add(&m->pushes[method].duration, durations, n);
	}
	atomic_store_explicit(&part->n_emptied, to, memory_order_release);
}

/* Under the mutex: what was seen until now stands in the summaries, and their windows end now. */
static void empty_all(struct self_metrics *m, int64_t now_ns)
{
	int64_t turn_ns = 0;

	for (struct self_part *part = m->parts; part != NULL; part = part->next)
		part_empty(m, part);
	for (int i = 0; i < SELF_METHODS; i++) {
		struct pushes *pushes = &m->pushes[i];

		if (!pushes->seen)
			continue;
		summary_turn(&pushes->size, now_ns);
		summary_turn(&pushes->duration, now_ns);
		if (turn_ns == 0 || pushes->size.expires_ns < turn_ns)
			turn_ns = pushes->size.expires_ns;
	}
	atomic_store_explicit(&m->turn_ns, turn_ns, memory_order_relaxed);
}

/* The first push of that method, or the first one after a window's step. */
static void turn(struct self_metrics *m, enum self_method method, int64_t now_ns)
{
	struct pushes *pushes = &m->pushes[method];

	must_ok(pthread_mutex_lock(&m->mutex));
	if (!pushes->seen) {
		summary_init(&pushes->size, now_ns);
		summary_init(&pushes->duration, now_ns);
		pushes->seen = true;
		pushes->created_ns = clock_unix_ns();
		family_appears(m, PUSH_DURATION);
		family_appears(m, PUSH_SIZE);
	}
	empty_all(m, now_ns);
	must_ok(pthread_mutex_unlock(&m->mutex));
}

/* When the mutex is taken there is still room in the ring. */
static void empty_soon(struct self_part *part, uint32_t n_waiting)
{
	struct self_metrics *m = part->all;

	if (n_waiting == RING_SIZE)
		must_ok(pthread_mutex_lock(&m->mutex));
	else if (pthread_mutex_trylock(&m->mutex) != 0)
		return;
	part_empty(m, part);
	must_ok(pthread_mutex_unlock(&m->mutex));
}

/* As Go's Duration.Seconds. */
static double seconds(int64_t ns)
{
	int64_t whole = ns / 1000000000;

	return (double)whole + (double)(ns % 1000000000) / 1e9;
}

void self_observe_push(struct self_part *part, enum self_method method, double size_bytes,
		       int64_t duration_ns, int64_t now_ns)
{
	uint32_t n = atomic_load_explicit(&part->n_written, memory_order_relaxed), waiting;

	if (now_ns > atomic_load_explicit(&part->all->turn_ns, memory_order_relaxed) ||
	    !(part->methods_seen & 1u << method)) {
		turn(part->all, method, now_ns);
		part->methods_seen |= 1u << method;
	}
	part->ring[n % RING_SIZE] = (struct observation){
		.size_bytes = size_bytes, .duration_s = seconds(duration_ns), .method = method};
	atomic_store_explicit(&part->n_written, n + 1, memory_order_release);
	waiting = n + 1 - atomic_load_explicit(&part->n_emptied, memory_order_acquire);
	if (waiting >= RING_WANTED_EMPTY)
		empty_soon(part, waiting);
}

void self_expect_push(struct self_part *part)
{
	family_appears(part->all, PUSH_DURATION);
	family_appears(part->all, PUSH_SIZE);
	family_appears(part->all, REQUESTS);
}

/* ---- collecting ---- */

struct metric *self_add_metric(struct collection *c, struct family *family,
			       const struct label *labels, uint32_t n_labels)
{
	struct metric *metric = metric_add(&c->list, family, c->arena);

	if (metric == NULL)
		return NULL;
	metric->labels = arena_new_array(c->arena, struct label, n_labels);
	if (metric->labels == NULL)
		return NULL;
	if (n_labels > 0)
		memcpy(metric->labels, labels, n_labels * sizeof(*labels));
	metric->n_labels = n_labels;
	return metric;
}

struct family *self_add_family(struct collection *c, int which)
{
	struct family *family = family_add(&c->list, c->arena, table[which].name);

	if (family != NULL)
		family->type = table[which].type;
	return family;
}

bool self_add_value(struct collection *c, int which, const struct label *labels, uint32_t n_labels,
		    double value)
{
	struct family *family = self_add_family(c, which);
	struct metric *metric =
		family == NULL ? NULL : self_add_metric(c, family, labels, n_labels);

	if (metric != NULL)
		metric->value = value;
	return metric != NULL;
}

/* What /proc says costs 0.1 ms, for which pushes would wait at each of many scrapes a second. */
static bool add_process(struct collection *c, int64_t now_ns)
{
	struct self_metrics *m = c->m;

	if (m->process_read_ns == 0 || now_ns - m->process_read_ns > PROCESS_AGE_NS_MAX) {
		process_read(m->boot_seconds, &m->process);
		m->process_read_ns = now_ns;
	}
	for (int i = 0; i < PROCESS_NUMBERS; i++)
		if (m->process.known[i] && !self_add_value(c, i, NULL, 0, m->process.value[i]))
			return false;
	return true;
}

static bool add_build(struct collection *c)
{
	const struct self_build *b = &c->m->build;
	const struct label labels[] = {
		{SLICE("branch"), b->branch},     {SLICE("goarch"), b->goarch},
		{SLICE("goos"), b->goos},         {SLICE("goversion"), b->goversion},
		{SLICE("revision"), b->revision}, {SLICE("tags"), b->tags},
		{SLICE("version"), b->version},
	};

	return self_add_value(c, BUILD_INFO, labels, sizeof(labels) / sizeof(labels[0]), 1);
}

static bool add_summary(struct collection *c, struct family *family, int method, struct summary *s)
{
	const struct label label = {SLICE("method"), method_names[method]};
	struct metric *metric = self_add_metric(c, family, &label, 1);
	double values[QUANTILES];

	if (metric == NULL)
		return false;
	metric->quantiles = arena_new_array(c->arena, struct quantile, QUANTILES);
	if (metric->quantiles == NULL)
		return false;
	summary_quantiles(s, values);
	for (int i = 0; i < QUANTILES; i++)
		metric->quantiles[i] = (struct quantile){quantile_targets[i].quantile, values[i]};
	metric->n_points = QUANTILES;
	metric->count = s->count;
	metric->sum = s->sum;
	return extras_make_created(METRIC_SUMMARY, c->m->pushes[method].created_ns, c->arena,
				   &metric->tail);
}

/* Under the mutex. */
static bool add_pushes(struct collection *c)
{
	struct family *duration = NULL, *size = NULL;
	bool any = false;

	for (int i = 0; i < SELF_METHODS; i++)
		any = any || c->m->pushes[i].seen;
	if (!any)
		return true;
	duration = self_add_family(c, PUSH_DURATION);
	size = self_add_family(c, PUSH_SIZE);
	if (duration == NULL || size == NULL)
		return false;
	for (int i = 0; i < SELF_METHODS; i++) {
		struct pushes *pushes = &c->m->pushes[i];

		if (pushes->seen && (!add_summary(c, duration, i, &pushes->duration) ||
				     !add_summary(c, size, i, &pushes->size)))
			return false;
	}
	return true;
}

/* A child of the request counter over all workers. */
struct request_count {
	uint32_t key;
	uint64_t n;
	int64_t created_ns;
};

static void add_cell(struct request_count *counts, size_t *n, const struct cell *cell)
{
	uint64_t cell_n = atomic_load_explicit(&cell->n, memory_order_relaxed);
	size_t i = 0;

	while (i < *n && counts[i].key != cell->key)
		i++;
	if (i == *n)
		counts[(*n)++] = (struct request_count){cell->key, 0, cell->created_ns};
	counts[i].n += cell_n;
	if (cell->created_ns < counts[i].created_ns)
		counts[i].created_ns = cell->created_ns;
}

static bool add_request_metric(struct collection *c, struct family *family,
			       const struct request_count *count)
{
	char *code = arena_text(c->arena, CODE_TEXT_BYTES);
	struct label labels[3];
	struct metric *metric;

	if (code == NULL)
		return false;
	labels[0] = (struct label){SLICE("code"), {code, number_write_u64(count->key >> 16, code)}};
	labels[1] = (struct label){SLICE("handler"), handler_names[count->key >> 8 & 0xff]};
	labels[2] = (struct label){SLICE("method"), method_names[count->key & 0xff]};
	metric = self_add_metric(c, family, labels, 3);
	if (metric == NULL)
		return false;
	metric->value = (double)count->n;
	return extras_make_created(METRIC_COUNTER, count->created_ns, c->arena, &metric->tail);
}

/* Under the mutex. */
static bool add_requests(struct collection *c)
{
	struct request_count *counts;
	struct family *family;
	size_t n_cells = 0, n = 0;

	for (struct self_part *part = c->m->parts; part != NULL; part = part->next)
		n_cells += CELLS_MAX;
	counts = arena_new_array(c->arena, struct request_count, n_cells);
	if (counts == NULL)
		return false;
	for (struct self_part *part = c->m->parts; part != NULL; part = part->next) {
		uint32_t n_part = atomic_load_explicit(&part->n_cells, memory_order_acquire);

		for (uint32_t i = 0; i < n_part; i++)
			add_cell(counts, &n, &part->cells[i]);
	}
	if (n == 0)
		return true;
	family = self_add_family(c, REQUESTS);
	for (size_t i = 0; family != NULL && i < n; i++)
		if (!add_request_metric(c, family, &counts[i]))
			return false;
	return family != NULL;
}

static bool add_denied(struct collection *c)
{
	struct family *family = NULL;

	if (!own_family_present(&c->m->families[DENIED]))
		return true;
	family = self_add_family(c, DENIED);
	for (enum role role = ROLE_ANY; family != NULL && role < ROLES; role++) {
		const struct label label = {SLICE("role"), role_name(role)};
		struct denied *d = &c->m->denied[role];
		int64_t created_ns = atomic_load(&d->created_ns);
		struct metric *metric;

		if (created_ns == 0)
			continue;
		metric = self_add_metric(c, family, &label, 1);
		if (metric == NULL)
			return false;
		metric->value = (double)atomic_load_explicit(&d->n, memory_order_relaxed);
		if (!extras_make_created(METRIC_COUNTER, created_ns, c->arena, &metric->tail))
			return false;
	}
	return family != NULL;
}

static bool add_limit_metric(struct collection *c, struct family *family, enum limit limit)
{
	const struct label label = {SLICE("limit"), limit_flag(limit)};
	int64_t created_ns;
	uint64_t n = limit_count(limit, &created_ns);
	struct metric *metric;

	if (n == 0)
		return true;
	metric = self_add_metric(c, family, &label, 1);
	if (metric == NULL)
		return false;
	metric->value = (double)n;
	return extras_make_created(METRIC_COUNTER, created_ns, c->arena, &metric->tail);
}

static bool add_limits(struct collection *c)
{
	struct family *family;

	if (!limit_any_exceeded())
		return true;
	family_appears(c->m, LIMITS_EXCEEDED);
	family = self_add_family(c, LIMITS_EXCEEDED);
	for (enum limit limit = LIMIT_NONE + 1; family != NULL && limit < LIMITS; limit++)
		if (!add_limit_metric(c, family, limit))
			return false;
	return family != NULL;
}

/* Blocks of what was put together; they hold no label but their own. */
static bool freeze(struct collection *c, struct self_family *ret, size_t *ret_n)
{
	static const struct stamp unstamped = {.grouping = {SLICE_TEXT(""), 0},
					       .implied = {SLICE_TEXT(""), 0}};

	for (struct family *family = c->list.first; family != NULL; family = family->next) {
		struct stamped stamped;
		struct block *block;
		int which = 0;

		if (!family_stamp(family, &unstamped, c->arena, &stamped))
			return false;
		block = block_freeze(&stamped);
		if (block == NULL)
			return false;
		block->stamp = &unstamped;
		while (!slice_eq(table[which].name, family->name))
			which++;
		ret[(*ret_n)++] =
			(struct self_family){.family = &c->m->families[which], .block = block};
	}
	return true;
}

bool self_metrics_collect(struct self_metrics *m, int64_t now_ns, struct arena *arena,
			  struct self_family **ret, size_t *ret_n)
{
	struct collection c = {.m = m, .arena = arena};
	struct self_family *families = arena_new_array(arena, struct self_family, FAMILIES);
	size_t n = 0;
	bool ok;

	family_list_init(&c.list);
	if (families == NULL)
		return false;
	must_ok(pthread_mutex_lock(&m->mutex));
	empty_all(m, now_ns);
	ok = add_process(&c, now_ns) && add_build(&c) && add_denied(&c) && add_pushes(&c) &&
	     add_requests(&c) && add_limits(&c);
	must_ok(pthread_mutex_unlock(&m->mutex));
	ok = ok && (m->keeper == NULL || self_add_persistence(&c, m->keeper));
	if (!ok || !freeze(&c, families, &n)) {
		while (n > 0)
			block_free(families[--n].block);
		return false;
	}
	*ret = families;
	*ret_n = n;
	return true;
}
