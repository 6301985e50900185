/* SPDX-License-Identifier: Apache-2.0
 *
 * json_write.h -- the small parts of JSON, byte for byte as Go's encoding/json writes them. Pure;
 * any thread. All functions append to a buf, whose sticky error the caller asks for. */
#pragma once

#include "base/buf.h"
#include "metric/labels.h"

/* "..." : < > & and the two line separators of Unicode escaped as for HTML, each byte that is not
 * UTF-8 as \ufffd, all else raw. */
void json_put_string(struct buf *out, struct slice s);

/* "1e+06": numbers of metrics are strings (number.h); -0 stays -0. */
void json_put_double(struct buf *out, double value);
void json_put_u64(struct buf *out, uint64_t value);

/* {"name":"value",...}: what a series has of its group and of its own. Of a name that comes twice
 * the last stays, as in a map. */
void json_put_labels(struct buf *out, struct labels stamp, struct labels own);
