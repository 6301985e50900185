/* SPDX-License-Identifier: Apache-2.0
 *
 * media_type.h -- what the body of a request is, by its Content-Type. Pure; any thread.
 *
 * Read as Go's mime.ParseMediaType reads it: names in any letter case, values not, quoted or bare,
 * in any order, any others beside them. A malformed one is of no type. */
#pragma once

#include "base/slice.h"

/* application/vnd.google.protobuf with the parameters proto=io.prometheus.client.MetricFamily and
 * encoding=delimited. */
bool media_type_is_protobuf(struct slice content_type);

/* application/openmetrics-text of the version 1.0.0 or 0.0.1, or of none. */
bool media_type_is_openmetrics(struct slice content_type);
