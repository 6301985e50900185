/* SPDX-License-Identifier: Apache-2.0
 *
 * paths.h -- where the routes lie: prefixes and the path of the metrics, from the flags. Pure; any
 * thread. */
#pragma once

#include "base/err.h"
#include "main/flags.h"

struct paths {
	struct slice route_prefix;    /* "" or "/x" */
	struct slice external_prefix; /* of links in the page; "" or "/x" */
	struct slice telemetry_path;  /* "/x/metrics" */
};

/* Refuses, with a sentence that names the flag, what could not be reached, and what the reference
 * would end on or take for a wildcard. */
must_check enum err_code paths_make(const struct flags *flags, struct arena *arena,
				    struct paths *ret, struct err *reterr);
