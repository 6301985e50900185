/* SPDX-License-Identifier: Apache-2.0
 *
 * assets.h -- the files of web/ as the build put them into the program (cmake/embed.cmake). They
 * never change; any thread. */
#pragma once

#include <stdint.h>

#include "base/slice.h"

struct asset {
	struct slice path; /* "/static/page.css"; the page's own text is "/page.html" */
	struct slice plain, gzip;
	struct slice etag, etag_gzip; /* quotes included */
};

extern const struct asset assets[];
extern const size_t n_assets;
extern const struct slice assets_revision;   /* another one when any file is another one */
extern const int64_t assets_modified_unix_s; /* of the sources */

const struct asset *asset_find(struct slice path); /* NULL: there is none */
