/* SPDX-License-Identifier: Apache-2.0
 *
 * exposition.h -- all that is exposed, piece by piece: the families of a snapshot and the gateway's
 * own, in the order of their names.
 *
 * A chunk's text is made by the first scrape that needs it and kept in the store until a push
 * changes it. What is kept has its names in UTF-8; a scrape that wants them escaped takes it where
 * all names are legacy-valid, as they almost always are, and has its own made where they are not.
 * Protobuf and OpenMetrics are made chunk by chunk for each scrape. On a worker. */
#pragma once

#include "app/self_metrics.h"
#include "format/accept.h"
#include "http/squeeze.h"
#include "store/store.h"

/* A kept text comes with the slots for what it is compressed to. The snapshot stays the caller's
 * and must be held until `release` was called. False: out of memory. */
must_check bool exposition_open(const struct snapshot *snapshot, struct self_metrics *self,
				struct accept_choice choice, struct arena *arena,
				struct squeeze_source *ret);
