/* SPDX-License-Identifier: Apache-2.0
 *
 * exposition.h -- all that is exposed, piece by piece: the families of a snapshot and the gateway's
 * own, in the order of their names.
 *
 * Every format is made chunk by chunk for each scrape; what a chunk's text (0.0.4) is compressed to
 * is kept in the store until a push changes it. What is kept has its names in UTF-8; a scrape that
 * wants them escaped takes it where all names are legacy-valid, as they almost always are, and has
 * its own made where they are not. On a worker. */
#pragma once

#include "app/self_metrics.h"
#include "format/accept.h"
#include "http/squeeze.h"
#include "store/store.h"

/* For an answer in `coding`. The snapshot stays the caller's and must be held until `release` was
 * called. False: out of memory. */
must_check bool exposition_open(const struct snapshot *snapshot, struct self_metrics *self,
				struct accept_choice choice, enum http_coding coding,
				struct arena *arena, struct squeeze_source *ret);
