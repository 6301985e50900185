/* SPDX-License-Identifier: Apache-2.0
 *
 * slice.h -- a run of bytes that somebody else owns.
 *
 * Label values may hold any byte, NUL included, so text travels as pointer and length; `char *`
 * stays at the edge (argv, open). A slice owns nothing and is passed by value. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
	const char *ptr;
	size_t len;
};

#define SLICE(lit) ((struct slice){"" lit "", sizeof(lit) - 1})
#define SLICE_EMPTY ((struct slice){"", 0})

/* The same for static initialisers. */
#define SLICE_TEXT(lit)                                                                            \
	{                                                                                          \
		"" lit "", sizeof(lit) - 1                                                         \
	}

/* For printf's "%.*s"; only for slices known to be short. */
#define SLICE_ARG(s) (int)(s).len, (s).ptr

static inline struct slice slice_of(const char *text)
{
	return (struct slice){text, strlen(text)};
}

static inline struct slice slice_between(const char *begin, const char *end)
{
	return (struct slice){begin, (size_t)(end - begin)};
}

static inline bool slice_eq(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Bytewise, a prefix before what it prefixes: the order of Go's strings. */
static inline int slice_compare(struct slice a, struct slice b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n == 0 ? 0 : memcmp(a.ptr, b.ptr, n);

	if (order != 0)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

static inline bool slice_starts(struct slice s, struct slice prefix)
{
	return s.len >= prefix.len && slice_eq((struct slice){s.ptr, prefix.len}, prefix);
}

static inline bool slice_ends(struct slice s, struct slice suffix)
{
	return s.len >= suffix.len &&
	       slice_eq((struct slice){s.ptr + (s.len - suffix.len), suffix.len}, suffix);
}

static inline struct slice slice_skip(struct slice s, size_t n)
{
	return (struct slice){s.ptr + n, s.len - n};
}

/* Copies it to `at`, which has room; returns what is behind. */
static inline char *slice_put(char *at, struct slice s)
{
	if (s.len > 0)
		memcpy(at, s.ptr, s.len);
	return at + s.len;
}

/* ASCII letters only; a locale has no say. */
bool slice_eq_nocase(struct slice a, struct slice b);

static inline bool slice_starts_nocase(struct slice s, struct slice prefix)
{
	return s.len >= prefix.len && slice_eq_nocase((struct slice){s.ptr, prefix.len}, prefix);
}

/* Cuts at the first `sep`. False, and nothing written, when there is none. */
bool slice_cut(struct slice s, char sep, struct slice *ret_head, struct slice *ret_tail);
