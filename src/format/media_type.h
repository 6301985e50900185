/* SPDX-License-Identifier: Apache-2.0
 *
 * media_type.h -- is the body of a request delimited protobuf? Pure; any thread. */
#pragma once

#include "base/slice.h"

/* True for a Content-Type of application/vnd.google.protobuf with the parameters
 * proto=io.prometheus.client.MetricFamily and encoding=delimited, read as Go's mime.ParseMediaType
 * reads it: names in any letter case, values not, quoted or bare, in any order, any others beside
 * them. A malformed one is no such type. */
bool media_type_is_protobuf(struct slice content_type);
