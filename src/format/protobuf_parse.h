/* SPDX-License-Identifier: Apache-2.0
 *
 * protobuf_parse.h -- delimited io.prometheus.client.MetricFamily messages into metric families.
 *
 * Accepts what the reference accepts, with its sentences for what it refuses; what the reference
 * accepts and later stumbles over (a family without a name, an unknown type, spans that do not fit
 * their buckets) is refused, too. Names and values are of any bytes: the consistency check judges
 * them. Pure; any thread. */
#pragma once

#include "base/err.h"
#include "metric/family.h"

/* The whole body at once. Slices in `*ret` point into `body` or into `arena`. A later family
 * replaces an earlier one of the same name. Families without metrics are kept; those without a
 * name, too, are left out. ERR_SYNTAX, ERR_TOO_BIG: as of text_parse. `*ret` is written on ERR_NONE
 * only. */
must_check enum err_code protobuf_parse(struct slice body, const struct push_limits *limits,
					struct arena *arena, struct family_list *ret,
					struct err *reterr);

/* One MetricFamily, without its length. */
must_check enum err_code protobuf_parse_family(struct slice message,
					       const struct push_limits *limits,
					       struct arena *arena, struct family_list *ret,
					       struct err *reterr);
