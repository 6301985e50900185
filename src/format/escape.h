/* SPDX-License-Identifier: Apache-2.0
 *
 * escape.h -- metric and label names for readers that know only the legacy ones.
 *
 * A name that is legacy-valid as a metric name is itself in every scheme; so is, with
 * ESCAPING_ALLOW_UTF8, every name. Different names may become the same one. Pure; any thread. */
#pragma once

#include "base/slice.h"

enum escaping {
	ESCAPING_UNDERSCORES, /* each invalid character is _ */
	ESCAPING_DOTS,        /* . is _dot_, _ is __, any other invalid character is __ */
	ESCAPING_VALUES,      /* U__ in front, _ is __, any other invalid character _hex_ */
	ESCAPING_ALLOW_UTF8,
};
enum { ESCAPINGS = 4 };

/* underscores, ..., as in Accept and Content-Type; letter case counts. */
bool escaping_of_word(struct slice word, enum escaping *ret);

enum {
	ESCAPE_PREFIX_BYTES = 3,
	ESCAPE_GROWTH_MAX = 6, /* a byte that is no UTF-8 becomes _fffd_ */
};

/* Room for ESCAPE_GROWTH_MAX bytes for each of the name's and ESCAPE_PREFIX_BYTES more; returns how
 * many were written. */
size_t name_escape(struct slice name, enum escaping escaping, char *ret);

/* How many bytes name_escape writes. */
size_t name_escaped_bytes(struct slice name, enum escaping escaping);
