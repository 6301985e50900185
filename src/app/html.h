/* SPDX-License-Identifier: Apache-2.0
 *
 * html.h -- text into markup. Pure. */
#pragma once

#include "base/buf.h"

/* < > & " ' become references, as Go's html.EscapeString writes them. */
void html_escape(struct buf *out, struct slice text);
