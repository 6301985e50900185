/* SPDX-License-Identifier: Apache-2.0
 *
 * canon.h -- a message as protobuf-go would write it again: fields in the order of their numbers,
 * each singular one once (of a scalar the last counts, messages are joined), repeated numbers not
 * packed, no byte too many, what is unknown kept behind all else.
 *
 * Almost every message that arrives is in that form already; that is found without a copy. Pure;
 * any thread. */
#pragma once

#include "base/buf.h"
#include "format/schema.h"

enum canon_verdict {
	CANON_BAD,   /* no message at all */
	CANON_OTHER, /* a message, not in that form */
	CANON_IS,    /* in that form */
};

/* Reads all of it, and counts the fields that the schema wants counted. */
enum canon_verdict canon_judge(const struct schema *schema, struct slice message, uint64_t *count);

/* Writes a message that is not bad in that form; at most twice its bytes. */
void canon_write(const struct schema *schema, struct slice message, struct buf *out);
