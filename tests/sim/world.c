/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <sqlite3.h>

#include "store/ledger_sqlite.h"
#include "unit/store/render.h"
#include "unit/store/rows.h"
#include "unit/store/wrapped.h"

/* ---- memory that ends ---- */

static unsigned sqlite_allocs_until; /* 0: none fails; 1: the next */
static sqlite3_mem_methods usual_memory;

static bool sqlite_alloc_fails(void)
{
	return sqlite_allocs_until > 0 && --sqlite_allocs_until == 0;
}

static void *sqlite_alloc(int n)
{
	return sqlite_alloc_fails() ? NULL : usual_memory.xMalloc(n);
}

static void *sqlite_realloc(void *old, int n)
{
	return sqlite_alloc_fails() ? NULL : usual_memory.xRealloc(old, n);
}

static void configure_sqlite(void)
{
	static bool done;
	sqlite3_mem_methods methods;

	if (done)
		return;
	done = true;
	(void)sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual_memory);
	methods = usual_memory;
	methods.xMalloc = sqlite_alloc;
	methods.xRealloc = sqlite_realloc;
	(void)sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* What the keeper does after the recording must not fail (order.h), and is not made to. */
static struct {
	uint64_t at;
	bool from_then;
} paused;

static void pause_allocs(void)
{
	paused.at = wrapped.fail_at;
	paused.from_then = wrapped.fail_from_then;
	wrapped.fail_at = 0;
}

static void resume_allocs(void)
{
	wrapped.fail_at = paused.at;
	wrapped.fail_from_then = paused.from_then;
}

void __real_store_publish(struct store *s);
void __real_store_publish_loaded(struct store *s);
void __real_store_discard(struct store *s);
void __wrap_store_publish(struct store *s);
void __wrap_store_publish_loaded(struct store *s);
void __wrap_store_discard(struct store *s);

void __wrap_store_publish(struct store *s)
{
	pause_allocs();
	__real_store_publish(s);
	resume_allocs();
}

void __wrap_store_publish_loaded(struct store *s)
{
	pause_allocs();
	__real_store_publish_loaded(s);
	resume_allocs();
}

void __wrap_store_discard(struct store *s)
{
	pause_allocs();
	__real_store_discard(s);
	resume_allocs();
}

static void arm(struct world *w, const struct world_fault *f)
{
	if (f == NULL)
		return;
	if (w->on_notebook && f->kinds != 0)
		notebook_fail(w->notebook, f->after, f->times);
	else if (f->kinds != 0)
		disk_fail(w->disk, f->kinds, f->after, f->times, f->error);
	wrapped.fail_at = f->allocs_after;
	wrapped.fail_from_then = f->allocs_from_then;
	sqlite_allocs_until = f->sqlite_allocs_after;
}

static void disarm_allocs(void)
{
	wrapped.fail_at = 0;
	sqlite_allocs_until = 0;
}

void world_heal(struct world *w)
{
	disarm_allocs();
	if (w->on_notebook)
		notebook_fail(w->notebook, 0, 0);
	else
		disk_heal(w->disk);
}

/* ---- life ---- */

void world_fail(const struct world *w, const char *what)
{
	printf("seed %" PRIu64 ": %s\n", w->seed, what);
	(void)fflush(stdout);
	abort();
}

static struct ledger *open_ledger(struct world *w, struct err *reterr)
{
	const struct ledger_sqlite_options options = {
		.path = "db", .vfs = "disk", .no_checkpoints = true};
	struct ledger *ledger = NULL;

	if (w->on_notebook)
		return notebook_ledger(w->notebook);
	disk_mount(w->disk);
	return ledger_sqlite_open(&options, &ledger, reterr) == ERR_NONE ? ledger : NULL;
}

/* A start, or an attempt at one. Making the empty store is not meant to survive a lack of memory.
 */
static bool open_keeper(struct world *w, bool must, const struct world_fault *fault)
{
	struct keeper_options options = {.limits = rows_limits,
					 .relaxed_ns = w->relaxed ? INT64_MAX : 0};
	struct arena arena;
	struct err err;
	bool opened = false;

	arena_init(&arena, 1 << 20);
	err = err_in(&arena);
	w->ledger = open_ledger(w, &err);
	if (w->ledger != NULL) {
		options.ledger = w->ledger;
		w->keeper = keeper_new(&options);
		assert(w->keeper != NULL);
		wrapped.fail_at = fault == NULL ? 0 : fault->allocs_after;
		opened = keeper_load(w->keeper, &err) == ERR_NONE;
	}
	if (must && !opened) {
		printf("%.*s\n", SLICE_ARG(err.msg));
		world_fail(w, "the start failed");
	}
	arena_free(&arena);
	return opened;
}

static void close_keeper(struct world *w)
{
	w->keeper = keeper_free(w->keeper);
	w->ledger = NULL;
}

static void take_picture(struct keeper *k, struct buf *ret)
{
	const struct snapshot *snap = store_snapshot(keeper_store(k));
	const struct order_node *leaf;
	struct order_walk walk;

	assert(snap != NULL);
	buf_clear(ret);
	render(ret, snap, false);
	order_walk_start(&walk, snapshot_groups(snap));
	while ((leaf = order_walk_next(&walk)) != NULL)
		for (uint32_t i = 0; i < leaf->n; i++) {
			const struct group_state *state = leaf->child[i];

			buf_put(ret, state->stamp->grouping.bytes);
			rows_encode(ret, state);
		}
	snapshot_release(snap);
	assert(buf_ok(ret));
}

/* What is visible is what was acknowledged, and the keeper tells the truth of its ledger. */
static void look(struct world *w)
{
	const char *what;
	bool behind = w->ledger->ops->behind(w->ledger);

	if (!plain_is(&w->now, keeper_store(w->keeper), &what)) {
		printf("it differs: %s\n", what);
		world_fail(w, "what is visible is not what was acknowledged");
	}
	if (!w->relaxed && behind != (keeper_trouble(w->keeper) != NULL))
		world_fail(w, "readiness does not tell whether something waits to be written");
	if (keeper_ledger_view(w->keeper)->n_corrupt != 0)
		world_fail(w, "a row is counted as damaged");
	if (!behind) {
		w->maybe[0] = w->now;
		w->n_maybe = 1;
	}
}

/* After a start: it is one of the states that may be there, and from now on that one. */
static void recognise(struct world *w)
{
	const char *what = NULL;
	bool found = false;

	for (size_t i = w->n_maybe; i > 0 && !found; i--) {
		found = plain_is(&w->maybe[i - 1], keeper_store(w->keeper), &what);
		if (found && i != 1)
			w->n_found++;
		if (found)
			w->now = w->maybe[i - 1];
	}
	if (!found) {
		printf("it differs from the oldest state that may be there: %s\n", what);
		world_fail(w, "what was acknowledged is not what is there after a start");
	}
	w->n_reopened++;
	look(w);
}

void world_begin(struct world *w, uint64_t seed)
{
	bool on_notebook = w->on_notebook, relaxed = w->relaxed;
	struct disk *disk = w->disk;

	configure_sqlite();
	*w = (struct world){.seed = seed,
			    .on_notebook = on_notebook,
			    .relaxed = relaxed,
			    .dice = {seed},
			    .time_ns = 1700000000123456789,
			    .n_maybe = 1};
	buf_init(&w->picture, SIZE_MAX / 2);
	if (on_notebook)
		w->notebook = notebook_new(seed);
	else
		w->disk = disk != NULL ? disk : disk_new(seed);
	(void)open_keeper(w, true, NULL);
	look(w);
}

void world_end(struct world *w)
{
	world_heal(w);
	close_keeper(w);
	w->notebook = notebook_free(w->notebook);
	w->disk = disk_free(w->disk);
	buf_free(&w->picture);
}

/* ---- batches ---- */

static void add_maybe(struct world *w, const struct plain *p)
{
	for (size_t i = 0; i < w->n_maybe; i++)
		if (memcmp(&w->maybe[i], p, sizeof(*p)) == 0)
			return;
	assert(w->n_maybe < WORLD_MAYBE_MAX);
	w->maybe[w->n_maybe++] = *p;
}

/* A change is applied, refused, or, where memory may end, neither. */
static void add_outcomes(struct world *w, const struct plain *before, bool memory_ends,
			 const struct plain_change *changes, size_t n)
{
	struct plain after = *before;

	if (n == 0) {
		add_maybe(w, before);
		return;
	}
	if (plain_accepts(before, changes))
		plain_apply(&after, changes);
	else
		plain_fail(&after, changes, true);
	add_outcomes(w, &after, memory_ends, changes + 1, n - 1);
	if (!memory_ends)
		return;
	add_outcomes(w, before, memory_ends, changes + 1, n - 1);
	after = *before;
	plain_fail(&after, changes, false);
	add_outcomes(w, &after, memory_ends, changes + 1, n - 1);
}

void world_expect(struct world *w, const struct plain_change *changes, size_t n)
{
	add_outcomes(w, &w->now, false, changes, n);
}

/* What the verdicts say that there is now; *ret_unsure: of changes that memory was lacking for, bit
 * i is set when the i-th may have left its failure time. */
static bool judge(struct world *w, const struct plain_change *changes, struct change *const *made,
		  size_t n, unsigned unsure, struct plain *ret)
{
	*ret = w->now;
	for (size_t i = 0; i < n; i++) {
		bool accepts = plain_accepts(ret, &changes[i]);

		if (made[i]->verdict == ERR_NONE && accepts)
			plain_apply(ret, &changes[i]);
		else if (made[i]->verdict == ERR_CONFLICT && !accepts)
			plain_fail(ret, &changes[i], true);
		else if (made[i]->verdict == ERR_CONFLICT || made[i]->verdict == ERR_NONE)
			return false;
		else if ((unsure & 1u << i) != 0)
			plain_fail(ret, &changes[i], false);
	}
	return true;
}

static unsigned without_memory(struct change *const *made, size_t n)
{
	unsigned which = 0;

	for (size_t i = 0; i < n; i++)
		which |= made[i]->verdict == ERR_NOMEM ? 1u << i : 0;
	return which;
}

/* The batch was answered. */
static void settle(struct world *w, const struct plain_change *changes, struct change *const *made,
		   size_t n)
{
	unsigned lacking = without_memory(made, n);
	const char *what = "a verdict";

	for (unsigned unsure = 0; unsure < 1u << n; unsure++) {
		struct plain after;

		if ((unsure & ~lacking) != 0 || !judge(w, changes, made, n, unsure, &after))
			continue;
		if (!plain_is(&after, keeper_store(w->keeper), &what))
			continue;
		w->now = after;
		add_maybe(w, &w->now);
		return;
	}
	printf("it differs: %s\n", what);
	world_fail(w, "the verdicts do not fit what is visible");
}

/* All of a batch that could not be recorded say so, and nothing of it is visible. */
static void settle_failed(struct world *w, struct change *const *made, size_t n)
{
	struct buf picture;

	for (size_t i = 0; i < n; i++)
		if (made[i]->verdict != ERR_DISK || made[i]->why == NULL)
			world_fail(w, "a change was not refused with its batch");
	w->n_failed++;
	w->n_recovered += !w->ledger->ops->behind(w->ledger);
	buf_init(&picture, SIZE_MAX / 2);
	take_picture(w->keeper, &picture);
	if (!slice_eq(buf_slice(&picture), buf_slice(&w->picture)))
		world_fail(w, "something of a refused batch is visible");
	buf_free(&picture);
}

void world_apply(struct world *w, const struct plain_change *changes, size_t n,
		 const struct world_fault *fault)
{
	struct change *made[WORLD_BATCH_MAX];
	bool memory_ends = fault != NULL && fault->allocs_after > 0;

	take_picture(w->keeper, &w->picture);
	for (size_t i = 0; i < n; i++)
		made[i] = plain_make(&changes[i]);
	for (size_t i = 0; i + 1 < n; i++)
		made[i]->next = made[i + 1];
	add_outcomes(w, &w->now, memory_ends, changes, n);
	arm(w, fault);
	keeper_apply(w->keeper, made[0]);
	disarm_allocs();
	if (made[0]->verdict == ERR_DISK)
		settle_failed(w, made, n);
	else
		settle(w, changes, made, n);
	for (size_t i = 0; i < n; i++) {
		w->n_refused += made[i]->verdict == ERR_CONFLICT;
		change_free(made[i]);
	}
	look(w);
	if (w->n_maybe > WORLD_MAYBE_MAX / 2) {
		world_heal(w);
		world_write(w);
	}
}

void world_write(struct world *w)
{
	keeper_write(w->keeper);
	look(w);
}

void world_checkpoint(struct world *w, int mode)
{
	sqlite3 *db;

	if (w->on_notebook)
		return;
	if (sqlite3_open_v2("db", &db, SQLITE_OPEN_READWRITE, "disk") == SQLITE_OK)
		(void)sqlite3_wal_checkpoint_v2(db, NULL, mode, NULL, NULL);
	(void)sqlite3_close(db);
}

/* ---- ends and starts ---- */

void world_restart(struct world *w)
{
	bool written;

	world_heal(w);
	keeper_write(w->keeper);
	written = !w->ledger->ops->behind(w->ledger);
	take_picture(w->keeper, &w->picture);
	close_keeper(w);
	(void)open_keeper(w, true, NULL);
	if (written)
		w->n_maybe = 0;
	add_maybe(w, &w->now);
	recognise(w);
	take_picture(w->keeper, &w->picture);
}

void world_lose_to(struct world *w, struct disk *found)
{
	struct buf before, after;
	struct plain now = w->now;

	buf_init(&before, SIZE_MAX / 2);
	buf_init(&after, SIZE_MAX / 2);
	take_picture(w->keeper, &before);
	close_keeper(w);
	(void)disk_free(w->disk);
	w->disk = found;
	(void)open_keeper(w, true, NULL);
	w->n_lost++;
	recognise(w);
	take_picture(w->keeper, &after);
	if (memcmp(&now, &w->now, sizeof(now)) == 0 &&
	    !slice_eq(buf_slice(&before), buf_slice(&after)))
		world_fail(w, "a start shows the same groups in other words");
	buf_free(&before);
	buf_free(&after);
}

void world_lose(struct world *w, enum disk_loss loss)
{
	struct notebook *found;

	if (!w->on_notebook) {
		world_lose_to(w, disk_after(w->disk, loss, dice_next(&w->dice)));
		return;
	}
	found = notebook_after(w->notebook, loss, dice_next(&w->dice));
	close_keeper(w);
	(void)notebook_free(w->notebook);
	w->notebook = found;
	(void)open_keeper(w, true, NULL);
	w->n_lost++;
	recognise(w);
}

void world_stumble(struct world *w, const struct world_fault *fault)
{
	enum disk_loss loss = (enum disk_loss)dice_below(&w->dice, DISK_LOSSES);
	struct disk *found;

	if (w->on_notebook)
		return;
	found = disk_after(w->disk, loss, dice_next(&w->dice));
	close_keeper(w);
	(void)disk_free(w->disk);
	w->disk = found;
	arm(w, fault);
	wrapped.fail_at = 0;
	(void)open_keeper(w, false, fault);
	disarm_allocs();
	found = disk_after(w->disk, (enum disk_loss)dice_below(&w->dice, DISK_LOSSES),
			   dice_next(&w->dice));
	world_heal(w);
	close_keeper(w);
	(void)disk_free(w->disk);
	w->disk = found;
	(void)open_keeper(w, true, NULL);
	recognise(w);
}

void world_assert_found(const struct world *w, struct disk *found, const struct plain *maybe,
			size_t n_maybe)
{
	struct world other = {.seed = w->seed, .disk = found, .n_maybe = n_maybe};

	memcpy(other.maybe, maybe, n_maybe * sizeof(*maybe));
	(void)open_keeper(&other, true, NULL);
	recognise(&other);
	close_keeper(&other);
	disk_mount(w->disk);
	(void)disk_free(found);
}
