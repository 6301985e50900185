/* SPDX-License-Identifier: Apache-2.0
 *
 * file_stamp.h -- has a file changed since it was read? And reading one whole, with Go's sentences.
 *
 * Any thread. A stamp is what stat says of the file that a path leads to now, so a symbolic link
 * that was turned to another file is a change. */
#pragma once

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"

struct file_stamp {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec modified, changed;
	bool exists;
	/* Changed so shortly before the stamp was taken that the next change might not be seen in
	 * it: what was read is then to be read again. */
	bool young;
};

/* Before the file is read, so that a change in between is seen the next time. */
struct file_stamp file_stamp_take(struct slice path);

/* The same file, as far as the two tell. */
bool file_stamp_same_file(const struct file_stamp *a, const struct file_stamp *b);

/* What was read at the time of `then` is what the file holds `now`. */
bool file_stamp_same(const struct file_stamp *then, const struct file_stamp *now);

/* "open PATH: no such file or directory", "read PATH: is a directory". A pipe is refused. */
must_check enum err_code file_read(struct slice path, size_t bytes_max, struct buf *ret,
				   struct err *reterr);
