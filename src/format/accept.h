/* SPDX-License-Identifier: Apache-2.0
 *
 * accept.h -- what a scrape asks for in its (first) Accept header, judged as the reference judges
 * it.
 *
 * A list of media types is put in order and walked. Each may name an escaping, whether or not its
 * type is offered; the last one named before the walk ends counts. The walk ends at the first type
 * that is offered; a list without one gets text. Nothing is refused. Pure; any thread. */
#pragma once

#include "format/escape.h"

enum exposition {
	EXPOSITION_TEXT,       /* text/plain, version 0.0.4 */
	EXPOSITION_DELIMITED,  /* protobuf: each family a message behind its length */
	EXPOSITION_PROTO_TEXT, /* protobuf text on many lines */
	EXPOSITION_COMPACT,    /* protobuf text, each family on a line */
	EXPOSITION_OPENMETRICS_1_0_0,
	EXPOSITION_OPENMETRICS_0_0_1, /* the same under its older name */
};

enum { EXPOSITIONS = EXPOSITION_OPENMETRICS_0_0_1 + 1 };

static inline bool exposition_is_openmetrics(enum exposition exposition)
{
	return exposition == EXPOSITION_OPENMETRICS_1_0_0 ||
	       exposition == EXPOSITION_OPENMETRICS_0_0_1;
}

struct accept_choice {
	enum exposition exposition;
	enum escaping escaping;
};

enum { ACCEPT_ENTRIES_MAX = 64 }; /* more are not looked at */

/* `accept` is the header's value, empty when there was none. Without `openmetrics` that format is
 * not offered, as by the reference. */
struct accept_choice accept_choose(struct slice accept, bool openmetrics);

struct slice accept_content_type(struct accept_choice choice);
