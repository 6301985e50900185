/* SPDX-License-Identifier: Apache-2.0
 *
 * openmetrics_cursor.h -- the tokens of OpenMetrics, which unlike those of text 0.0.4 are separated
 * by exactly one blank. As in text_cursor.h, functions leave the cursor behind what they took, or
 * set the error and return false. */
#pragma once

#include "format/extras.h"
#include "format/text_cursor.h"

/* A character that must stand here; `expected` says so in the error, `expected ... , found 'c'`. */
must_check bool om_take(struct text_cursor *c, char wanted, const char *expected);

/* A metric or label name, bare or in quotes; empty where none starts. `*ret_quoted` may be NULL. */
must_check bool om_take_name(struct text_cursor *c, bool colons, struct slice *ret,
			     bool *ret_quoted);

/* From the opening quote to behind the closing one. */
must_check bool om_take_label_value(struct text_cursor *c, struct slice *ret);

/* The rest of the line with its escapes undone. */
must_check bool om_take_help(struct text_cursor *c, struct slice *ret);

/* A number up to a blank or the end of the line. */
must_check bool om_take_number(struct text_cursor *c, const char *what, double *ret);

/* Seconds since 1970, decimal ones to the nanosecond. */
must_check bool om_take_moment(struct text_cursor *c, const char *what, struct moment *ret);
