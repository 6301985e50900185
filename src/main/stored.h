/* SPDX-License-Identifier: Apache-2.0
 *
 * stored.h -- a persistence file of either kind, read into a store to be looked at. One thread. */
#pragma once

#include "store/gob_import.h"

/* Bytes of a file, mapped; `path` must outlive them. */
struct file_map {
	struct slice bytes;
};

must_check enum err_code file_map_open(const char *path, struct file_map *ret, struct err *reterr);
void file_map_close(struct file_map *map);

/* What was found in a file. */
struct stored {
	const char *kind; /* how to call it */
	uint64_t groups, families, series;
	uint64_t n_faults; /* that were told of */
};

typedef void stored_tell_fn(void *context, struct slice sentence);

/* An empty store that has room for any file. NULL: out of memory. */
must_check struct store *stored_new(void);

/* Fills an empty store; tells of everything that is damaged or left out. ERR_SYNTAX: the file is
 * damaged as a whole, or no persistence file. ERR_DISK: it cannot be read. */
must_check enum err_code stored_read(const char *path, struct store *store, stored_tell_fn *tell,
				     void *context, struct stored *ret, struct err *reterr);
