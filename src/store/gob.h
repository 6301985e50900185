/* SPDX-License-Identifier: Apache-2.0
 *
 * gob.h -- the persistence file of the reference, as bytes: one value of Go's encoding/gob.
 *
 *   message ...   definitions of types, the same 1464 bytes in every file of the reference's build;
 *                 they are written, and when reading skipped: the shape below is relied on
 *   message       map[grouping key] -> {1: map[label name] -> value,
 *                                       2: map[family name] -> {1: time of the push,
 *                                                               2: MetricFamily, protobuf}}
 *
 * The file has no checksum. What is read is therefore checked for all that it says twice: every
 * length must fit what contains it, every map must hold as many different entries as it announces,
 * a grouping key must be that of its labels, and the value must end where its message and the file
 * do. What only an MetricFamily says is for the caller to check (gob_import.h). Pure; any thread.
 */
#pragma once

#include "base/err.h"
#include "store/store.h"

/* True when the file, of which these are the first bytes (GOB_SNIFF_BYTES or all there are), is one
 * of the reference's. */
enum { GOB_SNIFF_BYTES = 64 };
bool gob_sniff(struct slice head);

struct gob_family {
	struct slice name;
	struct slice message; /* MetricFamily without its length; empty: the reference had none */
	int64_t pushed_ns;    /* Unix */
};

struct gob_group {
	const struct label *labels; /* sorted by name; no name twice */
	uint32_t n_labels;
	const struct gob_family *families; /* sorted by name; no name twice */
	uint32_t n_families;
};

/* False ends the reading; `reterr` is set then. What it is given lives until it returns, names and
 * messages as long as the file's bytes. */
typedef bool gob_group_fn(void *context, const struct gob_group *group, struct err *reterr);

/* Hands over every group, in the order of the file. A file that is damaged is refused as a whole,
 * with the place of the damage, but possibly after groups were handed over: they are not to be
 * trusted then. */
must_check enum err_code gob_read(struct slice file, gob_group_fn *group, void *context,
				  struct err *reterr);

/* Takes what is written next; false: it could not, and the writing ends. */
typedef bool gob_sink_fn(void *context, struct slice bytes);

/* Seconds east of UTC at that time, for the reader who asks the reference's API. */
typedef int32_t gob_zone_fn(int64_t time_ns);

/* Writes the whole file: groups in the order of their keys, families in that of their names, series
 * in the order in which they were pushed. The same store gives the same bytes. False: the sink
 * ended it, or there was no memory for the largest family. */
must_check bool gob_write(const struct snapshot *snapshot, gob_zone_fn *zone, gob_sink_fn *sink,
			  void *context);

/* The definitions of types alone, as every file begins. */
void gob_put_definitions(struct buf *out);

/* Numbers and text as gob has them; for the two that write. */
void gob_put_uint(struct buf *out, uint64_t value);
void gob_put_int(struct buf *out, int64_t value);
void gob_put_text(struct buf *out, struct slice text);
size_t gob_uint_bytes(uint64_t value);

enum {
	GOB_VALUE_TYPE = 70,         /* of the map of groups */
	GOB_KEY_SEPARATOR = 0xff,    /* between names and values of a grouping key */
	GOB_TIME_BYTES = 15,         /* of version 1 */
	GOB_TIME_BYTES_SECONDS = 16, /* of version 2, whose zone has seconds */
};

/* Seconds from the beginning of the year 1 to 1970. */
#define GOB_UNIX_SECONDS INT64_C(62135596800)
