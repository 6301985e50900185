/* SPDX-License-Identifier: Apache-2.0 */
#include "metric/labels.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/utf8.h"

/* ---- names ---- */

enum { C_DIGIT = 1, C_COLON = 2, C_LETTER = 4 };

static const unsigned char classes[256] = {
	['a' ... 'z'] = C_LETTER, ['A' ... 'Z'] = C_LETTER, ['_'] = C_LETTER,
	['0' ... '9'] = C_DIGIT,  [':'] = C_COLON,
};

static bool legacy_valid(struct slice name, unsigned first_class)
{
	const unsigned more_class = first_class | C_DIGIT;

	if (name.len == 0 || (classes[(unsigned char)*name.ptr] & first_class) == 0)
		return false;
	for (size_t i = 1; i < name.len; i++)
		if ((classes[(unsigned char)name.ptr[i]] & more_class) == 0)
			return false;
	return true;
}

bool label_name_valid(struct slice name, enum name_scheme scheme)
{
	return legacy_valid(name, C_LETTER) ||
	       (scheme == NAME_UTF8 && name.len > 0 && utf8_valid(name));
}

bool metric_name_valid(struct slice name, enum name_scheme scheme)
{
	return legacy_valid(name, C_LETTER | C_COLON) ||
	       (scheme == NAME_UTF8 && name.len > 0 && utf8_valid(name));
}

/* ---- sorting ---- */

enum { INSERTION_MAX = 12 };

static void insertion_sort(struct label *labels, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct label moving = labels[i];
		size_t at = i;

		while (at > 0 && slice_compare(labels[at - 1].name, moving.name) > 0) {
			labels[at] = labels[at - 1];
			at--;
		}
		labels[at] = moving;
	}
}

static void reverse(struct label *labels, size_t n)
{
	for (size_t i = 0; i + 1 < n - i; i++) {
		struct label kept = labels[i];

		labels[i] = labels[n - 1 - i];
		labels[n - 1 - i] = kept;
	}
}

/* How many of the sorted labels stand before a label of that name: those with a smaller name, and
 * with `equal_too` those with the same. */
static size_t n_before(const struct label *labels, size_t n, struct slice name, bool equal_too)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (slice_compare(labels[middle].name, name) < (equal_too ? 1 : 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Merges two sorted neighbours in place: cut the longer at its middle, the other where that label
 * belongs, swap the inner parts and go on with both halves. No memory, and the depth is a
 * logarithm. */
static void merge(struct label *labels, size_t n_left, size_t n) /* NOLINT(misc-no-recursion) */
{
	size_t n_right = n - n_left, left, right;

	if (n_left == 0 || n_right == 0 ||
	    slice_compare(labels[n_left - 1].name, labels[n_left].name) <= 0)
		return;
	if (n_left >= n_right) {
		left = n_left / 2;
		right = n_before(labels + n_left, n_right, labels[left].name, false);
	} else {
		right = n_right / 2;
		left = n_before(labels, n_left, labels[n_left + right].name, true);
	}
	reverse(labels + left, n_left - left);
	reverse(labels + n_left, right);
	reverse(labels + left, n_left - left + right);
	merge(labels, left, left + right);
	merge(labels + left + right, n_left - left, n - left - right);
}

/* The depth is a logarithm here, too. NOLINTNEXTLINE(misc-no-recursion) */
void labels_sort(struct label *labels, size_t n)
{
	if (n <= INSERTION_MAX) {
		insertion_sort(labels, n);
		return;
	}
	labels_sort(labels, n / 2);
	labels_sort(labels + n / 2, n - n / 2);
	merge(labels, n / 2, n);
}

/* ---- packing ---- */

static size_t varint_bytes(size_t value)
{
	size_t n = 1;

	while (value >= 0x80) {
		value >>= 7;
		n++;
	}
	return n;
}

static char *put_text(char *at, struct slice text)
{
	size_t len = text.len;

	while (len >= 0x80) {
		*at++ = (char)(len | 0x80);
		len >>= 7;
	}
	*at++ = (char)len;
	return slice_put(at, text);
}

size_t labels_packed_bytes(const struct label *sorted, size_t n)
{
	size_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		bytes += varint_bytes(sorted[i].name.len) + sorted[i].name.len +
			 varint_bytes(sorted[i].value.len) + sorted[i].value.len;
	return bytes;
}

char *labels_pack_at(const struct label *sorted, size_t n, char *at)
{
	for (size_t i = 0; i < n; i++) {
		at = put_text(at, sorted[i].name);
		at = put_text(at, sorted[i].value);
	}
	return at;
}

bool labels_pack(const struct label *sorted, size_t n, struct arena *arena, struct labels *ret)
{
	size_t bytes = labels_packed_bytes(sorted, n);
	char *text = arena_text(arena, bytes);

	if (text == NULL)
		return false;
	assert(n <= UINT32_MAX);
	for (size_t i = 1; i < n; i++)
		assert(slice_compare(sorted[i - 1].name, sorted[i].name) <= 0);
	labels_pack_at(sorted, n, text);
	*ret = (struct labels){{text, bytes}, (uint32_t)n};
	return true;
}

/* A packed set is made by us alone (or comes out of a checksummed row), hence assertions. */
static size_t take_long_length(struct slice *rest)
{
	size_t len = 0, at = 0;
	unsigned shift = 0;
	unsigned char byte;

	do {
		assert(at < rest->len && shift < 64);
		byte = (unsigned char)rest->ptr[at++];
		len |= (size_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	*rest = slice_skip(*rest, at);
	return len;
}

static inline struct slice take_text(struct slice *rest)
{
	struct slice text;
	size_t len;

	assert(rest->len > 0);
	len = (unsigned char)*rest->ptr;
	if (len < 0x80)
		*rest = slice_skip(*rest, 1);
	else
		len = take_long_length(rest);
	assert(len <= rest->len);
	text = (struct slice){rest->ptr, len};
	*rest = slice_skip(*rest, len);
	return text;
}

bool labels_next(struct slice *rest, struct label *ret)
{
	if (rest->len == 0)
		return false;
	ret->name = take_text(rest);
	ret->value = take_text(rest);
	return true;
}

bool labels_get(struct labels set, struct slice name, struct slice *ret_value)
{
	struct slice rest = set.bytes;
	struct label label;

	while (labels_next(&rest, &label)) {
		if (slice_eq(label.name, name)) {
			*ret_value = label.value;
			return true;
		}
	}
	return false;
}

uint64_t labels_hash(struct labels set)
{
	return XXH3_64bits(set.bytes.ptr, set.bytes.len);
}

/* ---- orders ---- */

/* The text name 0xFF value 0xFF name ..., piece by piece. */
struct key_text {
	struct slice rest, piece;
	struct slice value;
	enum { KEY_NAME, KEY_AFTER_NAME, KEY_VALUE, KEY_AFTER_VALUE } next;
};

static bool key_refill(struct key_text *key)
{
	static const struct slice separator = SLICE("\xff");
	struct label label;

	while (key->piece.len == 0) {
		switch (key->next) {
		case KEY_NAME:
			if (!labels_next(&key->rest, &label))
				return false;
			key->piece = label.name;
			key->value = label.value;
			key->next = KEY_AFTER_NAME;
			break;
		case KEY_AFTER_NAME:
			key->piece = separator;
			key->next = KEY_VALUE;
			break;
		case KEY_VALUE:
			key->piece = key->value;
			key->next = KEY_AFTER_VALUE;
			break;
		case KEY_AFTER_VALUE:
			if (key->rest.len == 0)
				return false;
			key->piece = separator;
			key->next = KEY_NAME;
			break;
		}
	}
	return true;
}

int labels_compare_as_key(struct labels a, struct labels b)
{
	struct key_text left = {.rest = a.bytes}, right = {.rest = b.bytes};

	for (;;) {
		bool has_left = key_refill(&left), has_right = key_refill(&right);
		size_t n = left.piece.len < right.piece.len ? left.piece.len : right.piece.len;
		int order;

		if (!has_left || !has_right)
			return (int)has_left - (int)has_right;
		order = memcmp(left.piece.ptr, right.piece.ptr, n);
		if (order != 0)
			return order;
		left.piece = slice_skip(left.piece, n);
		right.piece = slice_skip(right.piece, n);
	}
}

void labels_merge_start(struct labels_merge *m, struct labels stamp, struct labels own)
{
	m->stamp = stamp.bytes;
	m->own = own.bytes;
	m->has_stamp = labels_next(&m->stamp, &m->next_stamp);
	m->has_own = labels_next(&m->own, &m->next_own);
}

bool labels_merge_next(struct labels_merge *m, struct label *ret)
{
	int order;

	if (!m->has_stamp && !m->has_own)
		return false;
	if (!m->has_stamp)
		order = 1;
	else if (!m->has_own)
		order = -1;
	else
		order = slice_compare(m->next_stamp.name, m->next_own.name);
	*ret = order < 0 ? m->next_stamp : m->next_own;
	if (order <= 0)
		m->has_stamp = labels_next(&m->stamp, &m->next_stamp);
	if (order >= 0)
		m->has_own = labels_next(&m->own, &m->next_own);
	return true;
}

uint32_t labels_merged_count(struct labels stamp, struct labels own)
{
	struct slice rest = own.bytes, ignored;
	struct label label;
	uint32_t n = stamp.n + own.n;

	while (labels_next(&rest, &label))
		if (labels_get(stamp, label.name, &ignored))
			n--;
	return n;
}

/* Two sets with the same names, as most series of a family have: only values can differ. */
static bool compare_same_names(struct labels a, struct labels b, int *ret_order)
{
	struct slice a_rest = a.bytes, b_rest = b.bytes;
	struct label left, right;
	int order = 0;

	if (a.n != b.n)
		return false;
	while (labels_next(&a_rest, &left) && labels_next(&b_rest, &right)) {
		if (!slice_eq(left.name, right.name))
			return false;
		if (order == 0)
			order = slice_compare(left.value, right.value);
	}
	*ret_order = order;
	return true;
}

static int compare_merged(struct labels a_stamp, struct labels a_own, struct labels b_stamp,
			  struct labels b_own)
{
	struct labels_merge a, b;
	struct label left, right;
	int by_names = 0;

	labels_merge_start(&a, a_stamp, a_own);
	labels_merge_start(&b, b_stamp, b_own);
	while (labels_merge_next(&a, &left) && labels_merge_next(&b, &right)) {
		int order = slice_compare(left.value, right.value);

		if (order != 0)
			return order;
		if (by_names == 0)
			by_names = slice_compare(left.name, right.name);
	}
	return by_names;
}

int labels_merged_compare(struct labels a_stamp, struct labels a_own, struct labels b_stamp,
			  struct labels b_own)
{
	uint32_t a_count, b_count;
	int order;

	/* Equal names in equal places among the same group's labels. */
	if (labels_eq(a_stamp, b_stamp) && compare_same_names(a_own, b_own, &order))
		return order;
	a_count = labels_merged_count(a_stamp, a_own);
	b_count = labels_merged_count(b_stamp, b_own);
	if (a_count != b_count)
		return a_count < b_count ? -1 : 1;
	return compare_merged(a_stamp, a_own, b_stamp, b_own);
}
