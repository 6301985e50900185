/* SPDX-License-Identifier: Apache-2.0
 *
 * duration.h -- times as Go's time.ParseDuration reads and Duration.String writes them. Pure; any
 * thread. */
#pragma once

#include <stdint.h>

#include "base/buf.h"

/* 1h2m3.5s, -1.5h, 0; units ns us µs ms s m h. On false, `reterr` holds Go's sentence. */
must_check bool duration_parse(struct slice text, int64_t *ret_ns, struct buf *reterr);

/* 5m0s, 1.5s, 20ms. */
void duration_write(struct buf *out, int64_t ns);
