/* SPDX-License-Identifier: Apache-2.0
 *
 * quote.h -- quoting as Go's %q: printable Unicode kept, short escapes, \xff for a byte that is not
 * UTF-8, \x01, \u200b, \U000e0041 for what is not printable. Pure; any thread. */
#pragma once

#include "base/buf.h"

void quote_put(struct buf *out, struct slice text);
