/* SPDX-License-Identifier: Apache-2.0
 *
 * A message is a length and that many bytes: the id of a type, and if that is negative a definition
 * of it, otherwise a value. In a struct only fields that are not zero appear, each after the
 * distance from the number of the one before; a zero ends it (documentation of encoding/gob). */
#include <inttypes.h>
#include <stdlib.h>

#include "store/gob.h"

enum { NS_PER_SECOND = 1000000000 };

/* The smallest entry of a map: an empty key and an empty value, or the end of a struct. */
enum { ENTRY_BYTES_MIN = 2 };

struct reader {
	const char *begin, *at, *end; /* of the file; end: of what is being read */
	struct err *err;
	struct arena scratch; /* one group */
	struct arena kept;    /* all of the file */
	struct slice *keys;
	uint64_t n_keys;
	gob_group_fn *group;
	void *context;
};

/* ---- numbers and texts ---- */

static bool fail(struct reader *r, const char *what)
{
	(void)err_setf(r->err, ERR_SYNTAX, "the file is damaged at byte %zu: %s",
		       (size_t)(r->at - r->begin), what);
	return false;
}

static bool fail_memory(struct reader *r)
{
	(void)err_set(r->err, ERR_NOMEM, SLICE("out of memory"));
	return false;
}

static size_t left(const struct reader *r)
{
	return (size_t)(r->end - r->at);
}

static bool read_uint(struct reader *r, uint64_t *ret)
{
	uint64_t value = 0;
	size_t n;

	if (left(r) == 0)
		return fail(r, "it ends where a number should be");
	value = (unsigned char)*r->at;
	if (value < 0x80) {
		r->at++;
		*ret = value;
		return true;
	}
	n = 256 - (size_t)value;
	if (n > sizeof(value))
		return fail(r, "a number of more than 8 bytes");
	if (left(r) <= n)
		return fail(r, "it ends within a number");
	value = 0;
	for (size_t i = 1; i <= n; i++)
		value = value << 8 | (unsigned char)r->at[i];
	if (gob_uint_bytes(value) != n + 1)
		return fail(r, "a number with bytes too many");
	r->at += n + 1;
	*ret = value;
	return true;
}

static bool read_int(struct reader *r, int64_t *ret)
{
	uint64_t value;

	if (!read_uint(r, &value))
		return false;
	*ret = (int64_t)((value & 1) != 0 ? ~(value >> 1) : value >> 1);
	return true;
}

static bool read_text(struct reader *r, struct slice *ret)
{
	const char *begin = r->at;
	uint64_t n;

	if (!read_uint(r, &n))
		return false;
	if (n > left(r)) {
		r->at = begin;
		return fail(r, "a text that is longer than what contains it");
	}
	*ret = (struct slice){r->at, (size_t)n};
	r->at += n;
	return true;
}

/* How many entries follow; an array for all of them is not larger than the file by much. */
static bool read_count(struct reader *r, uint64_t *ret)
{
	const char *begin = r->at;

	if (!read_uint(r, ret))
		return false;
	if (*ret > left(r) / ENTRY_BYTES_MIN) {
		r->at = begin;
		return fail(r, "a map of more entries than there is room for");
	}
	return true;
}

/* The number of the next field, 0 at the end of the struct. */
static bool read_field(struct reader *r, uint64_t *number)
{
	uint64_t distance;

	if (!read_uint(r, &distance))
		return false;
	if (distance > 2 - *number)
		return fail(r, "a field that its struct does not have");
	*number = distance == 0 ? 0 : *number + distance;
	return true;
}

/* ---- times ---- */

static uint64_t big_endian(const char *at, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | (unsigned char)at[i];
	return value;
}

/* Time.MarshalBinary: version, seconds since the year 1, nanoseconds, minutes of the zone, and in
 * version 2 seconds of the zone. A zone says how a time is shown, not which it is. */
static bool read_time(struct reader *r, struct gob_family *family)
{
	const char *begin = r->at;
	int64_t seconds, ns;
	struct slice t;

	if (!read_text(r, &t))
		return false;
	if (t.len == 0 || t.len != (t.ptr[0] == 1   ? (size_t)GOB_TIME_BYTES
				    : t.ptr[0] == 2 ? (size_t)GOB_TIME_BYTES_SECONDS
						    : 0)) {
		r->at = begin;
		return fail(r, "a time in an unknown form");
	}
	seconds = (int64_t)(big_endian(t.ptr + 1, 8) - (uint64_t)GOB_UNIX_SECONDS);
	ns = (int64_t)big_endian(t.ptr + 9, 4);
	if (ns >= NS_PER_SECOND || seconds >= INT64_MAX / NS_PER_SECOND ||
	    seconds <= INT64_MIN / NS_PER_SECOND) {
		r->at = begin;
		return fail(r, "a time that no clock shows");
	}
	family->pushed_ns = seconds * NS_PER_SECOND + ns;
	return true;
}

/* ---- groups ---- */

static int label_compare(const void *a, const void *b)
{
	return slice_compare(((const struct label *)a)->name, ((const struct label *)b)->name);
}

static bool read_labels(struct reader *r, struct gob_group *group)
{
	struct label *labels;
	uint64_t n;

	if (!read_count(r, &n))
		return false;
	labels = n > UINT32_MAX ? NULL : arena_new_array(&r->scratch, struct label, n);
	if (labels == NULL)
		return fail_memory(r);
	for (uint64_t i = 0; i < n; i++)
		if (!read_text(r, &labels[i].name) || !read_text(r, &labels[i].value))
			return false;
	if (n > 0)
		qsort(labels, n, sizeof(*labels), label_compare);
	for (uint64_t i = 1; i < n; i++)
		if (slice_eq(labels[i - 1].name, labels[i].name))
			return fail(r, "a group has a label twice");
	group->labels = labels;
	group->n_labels = (uint32_t)n;
	return true;
}

static bool read_family(struct reader *r, struct gob_family *family)
{
	uint64_t number = 0;

	*family = (struct gob_family){.message = SLICE_EMPTY};
	if (!read_text(r, &family->name))
		return false;
	do {
		if (!read_field(r, &number) || (number == 1 && !read_time(r, family)) ||
		    (number == 2 && !read_text(r, &family->message)))
			return false;
	} while (number != 0);
	return true;
}

static int family_compare(const void *a, const void *b)
{
	return slice_compare(((const struct gob_family *)a)->name,
			     ((const struct gob_family *)b)->name);
}

static bool read_families(struct reader *r, struct gob_group *group)
{
	struct gob_family *families;
	uint64_t n;

	if (!read_count(r, &n))
		return false;
	families = n > UINT32_MAX ? NULL : arena_new_array(&r->scratch, struct gob_family, n);
	if (families == NULL)
		return fail_memory(r);
	for (uint64_t i = 0; i < n; i++)
		if (!read_family(r, &families[i]))
			return false;
	if (n > 0)
		qsort(families, n, sizeof(*families), family_compare);
	for (uint64_t i = 1; i < n; i++)
		if (slice_eq(families[i - 1].name, families[i].name))
			return fail(r, "a group has a metric family twice");
	group->families = families;
	group->n_families = (uint32_t)n;
	return true;
}

/* Cuts `text`, and the separator behind it unless it is the last, from the key. */
static bool skip_in_key(struct slice *key, struct slice text, bool last)
{
	if (!slice_starts(*key, text))
		return false;
	*key = slice_skip(*key, text.len);
	if (last)
		return key->len == 0;
	if (key->len == 0 || (unsigned char)key->ptr[0] != GOB_KEY_SEPARATOR)
		return false;
	*key = slice_skip(*key, 1);
	return true;
}

static bool key_fits(struct slice key, const struct gob_group *group)
{
	for (uint32_t i = 0; i < group->n_labels; i++)
		if (!skip_in_key(&key, group->labels[i].name, false) ||
		    !skip_in_key(&key, group->labels[i].value, i + 1 == group->n_labels))
			return false;
	return key.len == 0;
}

static bool read_group(struct reader *r, struct slice *ret_key)
{
	struct gob_group group = {0};
	uint64_t number = 0;

	arena_reset(&r->scratch);
	if (!read_text(r, ret_key))
		return false;
	do {
		if (!read_field(r, &number) || (number == 1 && !read_labels(r, &group)) ||
		    (number == 2 && !read_families(r, &group)))
			return false;
	} while (number != 0);
	if (group.n_labels == 0)
		return fail(r, "a group without labels");
	if (!key_fits(*ret_key, &group))
		return fail(r, "a group's key is not that of its labels");
	return r->group(r->context, &group, r->err);
}

static int key_compare(const void *a, const void *b)
{
	return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static bool read_groups(struct reader *r)
{
	if (!read_count(r, &r->n_keys))
		return false;
	r->keys = arena_new_array(&r->kept, struct slice, r->n_keys);
	if (r->keys == NULL)
		return fail_memory(r);
	for (uint64_t i = 0; i < r->n_keys; i++)
		if (!read_group(r, &r->keys[i]))
			return false;
	if (r->n_keys > 0)
		qsort(r->keys, r->n_keys, sizeof(*r->keys), key_compare);
	for (uint64_t i = 1; i < r->n_keys; i++)
		if (slice_eq(r->keys[i - 1], r->keys[i]))
			return fail(r, "a group is there twice");
	return true;
}

/* ---- the file ---- */

/* After the id of a type that is not a struct comes a zero. */
static bool read_value(struct reader *r)
{
	uint64_t zero;

	if (!read_uint(r, &zero))
		return false;
	if (zero != 0)
		return fail(r, "a value that is not a map of groups");
	if (!read_groups(r))
		return false;
	return left(r) == 0 || fail(r, "bytes that belong to nothing follow the last group");
}

static bool read_file(struct reader *r, const char *end)
{
	struct slice message;
	int64_t type;

	do {
		r->end = end;
		if (left(r) == 0)
			return fail(r, "it ends before the groups");
		if (!read_text(r, &message))
			return false;
		r->at = message.ptr;
		r->end = message.ptr + message.len;
		if (!read_int(r, &type))
			return false;
		if (type < 0)
			r->at = r->end;
	} while (type < 0);
	if (!read_value(r))
		return false;
	r->end = end;
	return left(r) == 0 || fail(r, "something follows the groups");
}

enum err_code gob_read(struct slice file, gob_group_fn *group, void *context, struct err *reterr)
{
	struct reader r = {.begin = file.ptr,
			   .at = file.ptr,
			   .err = reterr,
			   .group = group,
			   .context = context};
	bool done;

	/* Counts are checked against what is left of the file, so these are a few times its size.
	 */
	arena_init(&r.scratch, SIZE_MAX / 2);
	arena_init(&r.kept, SIZE_MAX / 2);
	done = read_file(&r, file.ptr + file.len);
	arena_free(&r.scratch);
	arena_free(&r.kept);
	return done ? ERR_NONE : reterr->code;
}

bool gob_sniff(struct slice head)
{
	struct slice name = SLICE("GroupingKeyToMetricGroup");
	size_t n = head.len < GOB_SNIFF_BYTES ? head.len : GOB_SNIFF_BYTES;

	return n > 0 && memmem(head.ptr, n, name.ptr, name.len) != NULL;
}
