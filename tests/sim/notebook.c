/* SPDX-License-Identifier: Apache-2.0 */
#include "notebook.h"

#include "unit/store/rows.h"

/* A group as it was, or that it is gone; without labels the end of a batch. */
struct entry {
	char *labels, *content;
	size_t labels_len, content_len; /* without content: it is gone */
};

struct notebook {
	struct entry *entries;
	size_t n, n_kept, capacity;
	struct dice dice;
	unsigned after, times;
	void (*seen)(void *context);
	void *context;
};

struct notebook_ledger {
	struct ledger base;
	struct notebook *notebook;
	struct stamp **waiting;
	size_t n_waiting, capacity;
	bool in_doubt;
};

/* ---- the notebook ---- */

struct notebook *notebook_new(uint64_t seed)
{
	struct notebook *n = calloc(1, sizeof(*n));

	assert(n != NULL);
	n->dice.state = seed;
	return n;
}

static void cut(struct notebook *n, size_t at)
{
	while (n->n > at) {
		n->n--;
		free(n->entries[n->n].labels);
		free(n->entries[n->n].content);
	}
}

struct notebook *notebook_free(struct notebook *n)
{
	if (n == NULL)
		return NULL;
	cut(n, 0);
	free(n->entries);
	free(n);
	return NULL;
}

static bool fails(struct notebook *n)
{
	if (n->seen != NULL)
		n->seen(n->context);
	if (n->times == 0)
		return false;
	if (n->after > 0) {
		n->after--;
		return false;
	}
	n->times--;
	return true;
}

/* memdup, but never of nothing. */
static char *copy_of(struct slice s)
{
	char *copy = malloc(s.len + 1);

	if (copy != NULL && s.len > 0)
		memcpy(copy, s.ptr, s.len);
	return copy;
}

static bool append(struct notebook *n, struct slice labels, const struct buf *content)
{
	struct entry e = {.labels_len = labels.len};

	if (n->n == n->capacity) {
		struct entry *entries =
			reallocarray(n->entries, n->capacity * 2 + 16, sizeof(*entries));

		if (entries == NULL)
			return false;
		n->entries = entries;
		n->capacity = n->capacity * 2 + 16;
	}
	if (content != NULL && !buf_ok(content))
		return false;
	e.labels = copy_of(labels);
	e.content = content == NULL ? NULL : copy_of(buf_slice(content));
	if (e.labels == NULL || (content != NULL && e.content == NULL)) {
		free(e.labels);
		free(e.content);
		return false;
	}
	e.content_len = content == NULL ? 0 : content->len;
	n->entries[n->n++] = e;
	return true;
}

struct notebook *notebook_after(const struct notebook *n, enum disk_loss loss, uint64_t seed)
{
	struct notebook *after = notebook_new(seed);
	size_t n_found =
		loss == DISK_KILLED ? n->n
		: loss == DISK_FORGOT
			? n->n_kept
			: n->n_kept + dice_below(&after->dice, (uint32_t)(n->n - n->n_kept) + 1);

	for (size_t i = 0; i < n_found; i++) {
		const struct entry *e = &n->entries[i];
		struct buf content;

		buf_init(&content, 1 << 24);
		buf_put(&content, (struct slice){e->content, e->content_len});
		assert(append(after, (struct slice){e->labels, e->labels_len},
			      e->content == NULL ? NULL : &content));
		buf_free(&content);
	}
	after->n_kept = n->n_kept;
	return after;
}

void notebook_fail(struct notebook *n, unsigned after, unsigned times)
{
	n->after = after;
	n->times = times;
}

void notebook_watch(struct notebook *n, void (*seen)(void *context), void *context)
{
	n->seen = seen;
	n->context = context;
}

/* ---- its ledger ---- */

static bool wait_for(struct notebook_ledger *l, const struct stamp *stamp)
{
	struct label labels[8], label;
	size_t n = 0;

	for (size_t i = 0; i < l->n_waiting; i++)
		if (labels_eq(l->waiting[i]->grouping, stamp->grouping))
			return true;
	if (l->n_waiting == l->capacity) {
		struct stamp **waiting =
			reallocarray(l->waiting, l->capacity * 2 + 8, sizeof(*waiting));

		if (waiting == NULL)
			return false;
		l->waiting = waiting;
		l->capacity = l->capacity * 2 + 8;
	}
	for (struct slice rest = stamp->grouping.bytes; labels_next(&rest, &label);)
		labels[n++] = label;
	l->waiting[l->n_waiting] = stamp_new(labels, n);
	if (l->waiting[l->n_waiting] == NULL)
		return false;
	l->n_waiting++;
	return true;
}

static const char *note(struct ledger *base, struct store *s)
{
	for (const struct store_group *group = s->index.touched_groups; group != NULL;
	     group = group->next_touched)
		if (group->staged != group->published &&
		    !wait_for((struct notebook_ledger *)base, group->stamp))
			return "out of memory";
	return NULL;
}

static const char *append_group(struct notebook *n, const struct store *s,
				const struct stamp *stamp)
{
	const struct store_group *group = index_group(&s->index, stamp);
	struct buf content;
	int64_t previous_ns = 0;
	bool ok;

	if (fails(n))
		return "an append failed";
	if (group == NULL)
		return append(n, stamp->grouping.bytes, NULL) ? NULL : "out of memory";
	buf_init(&content, 1 << 24);
	row_put_head(&content, group->staged);
	for (uint32_t i = 0; i < group->staged->n_held; i++)
		if (!group->staged->held[i].family->is_time)
			row_put_family(&content, &group->staged->held[i], &previous_ns);
	ok = append(n, stamp->grouping.bytes, &content);
	buf_free(&content);
	return ok ? NULL : "out of memory";
}

static void forget_waiting(struct notebook_ledger *l)
{
	while (l->n_waiting > 0)
		stamp_free(l->waiting[--l->n_waiting]);
	l->in_doubt = false;
}

static const char *write_all(struct ledger *base, struct store *s)
{
	struct notebook_ledger *l = (struct notebook_ledger *)base;
	struct notebook *n = l->notebook;
	const char *why = NULL;

	l->in_doubt = true;
	for (size_t i = 0; i < l->n_waiting && why == NULL; i++)
		why = append_group(n, s, l->waiting[i]);
	if (why == NULL && (fails(n) || !append(n, SLICE_EMPTY, NULL)))
		why = "the end of a batch could not be appended";
	if (why == NULL && fails(n)) {
		n->n_kept += dice_below(&n->dice, (uint32_t)(n->n - n->n_kept) + 1);
		why = "a sync failed";
	}
	if (why != NULL)
		return why;
	n->n_kept = n->n;
	forget_waiting(l);
	return NULL;
}

static const char *commit(struct ledger *base, struct store *s)
{
	const char *why = note(base, s);

	return why != NULL ? why : write_all(base, s);
}

static bool behind(const struct ledger *base)
{
	const struct notebook_ledger *l = (const struct notebook_ledger *)base;

	return l->n_waiting > 0 || l->in_doubt;
}

/* What follows the last end of a batch never was. */
static void cut_tail(struct notebook *n)
{
	size_t at = n->n;

	while (at > 0 && n->entries[at - 1].labels_len > 0)
		at--;
	cut(n, at);
	n->n_kept = n->n;
}

static bool load_entry(struct store *s, const struct entry *e)
{
	struct change gone = {.kind = CHANGE_DELETE};
	struct label labels[8], label;
	size_t n = 0;
	bool ok = true;

	for (struct slice rest = {e->labels, e->labels_len}; labels_next(&rest, &label);)
		labels[n++] = label;
	gone.stamp = test_stamp(labels, n);
	if (e->content == NULL) {
		store_stage(s, &gone);
		store_publish(s);
	} else {
		ok = rows_decode(s, (struct slice){e->content, e->content_len}, gone.stamp) ==
		     ROW_OK;
		gone.stamp = NULL; /* taken */
	}
	stamp_free(gone.stamp);
	return ok;
}

static enum err_code load(struct ledger *base, struct store *s, struct err *reterr)
{
	struct notebook *n = ((struct notebook_ledger *)base)->notebook;

	cut_tail(n);
	for (size_t i = 0; i < n->n; i++)
		if (n->entries[i].labels_len > 0 && !load_entry(s, &n->entries[i]))
			return err_set(reterr, ERR_DISK, SLICE("an entry cannot be read"));
	return ERR_NONE;
}

static void free_ledger(struct ledger *base)
{
	struct notebook_ledger *l = (struct notebook_ledger *)base;

	forget_waiting(l);
	free(l->waiting);
	free(l);
}

struct ledger *notebook_ledger(struct notebook *n)
{
	static const struct ledger_ops ops = {.load = load,
					      .commit = commit,
					      .note = note,
					      .write = write_all,
					      .behind = behind,
					      .free = free_ledger,
					      .syncs = true};
	struct notebook_ledger *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->base.ops = &ops;
	l->notebook = n;
	return &l->base;
}
