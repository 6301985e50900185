/* SPDX-License-Identifier: Apache-2.0
 *
 * text_write.h -- frozen series as text exposition format 0.0.4, byte for byte as the reference.
 * Pure; any thread. All functions append to a buf, whose sticky error the caller asks for. */
#pragma once

#include "base/buf.h"
#include "format/escape.h"
#include "metric/block.h"

/* Names that are not legacy-valid are escaped, or quoted with ESCAPING_ALLOW_UTF8. What
 * these return says whether they met none: then the text is the same in every scheme. */

/* "# HELP name text\n" unless help is NULL, and "# TYPE name type\n". */
bool text_write_head(struct buf *out, enum escaping escaping, struct slice name,
		     const struct slice *help, enum metric_type type);

/* All lines of one series: its sample, or its quantiles or buckets with _sum and _count. */
bool text_write_series(struct buf *out, enum escaping escaping, struct slice name,
		       const struct series *s);

/* The same for the series of one family, n of them. */
bool text_write_all(struct buf *out, enum escaping escaping, struct slice name,
		    const void *const *series, size_t n);

/* About how many bytes text_write_series will write; never zero. */
uint32_t text_series_bytes(struct slice name, const struct series *s);

/* The same of all families of a push, whose series have these labels of their group. */
uint64_t text_push_bytes(const struct family_list *list, struct labels implied);
