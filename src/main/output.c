/* SPDX-License-Identifier: Apache-2.0 */
#include "main/output.h"

#include <errno.h>
#include <unistd.h>

bool output_write(int fd, struct slice text)
{
	while (text.len > 0) {
		ssize_t written = write(fd, text.ptr, text.len);

		if (written < 0 && errno != EINTR)
			return false;
		text = slice_skip(text, written > 0 ? (size_t)written : 0);
	}
	return true;
}
