/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdlib.h>

#include "main/sandbox.h"

bool sandbox_need(struct sandbox_needs *needs, struct slice path, enum sandbox_use use)
{
	if (needs->n_folders == SANDBOX_FOLDERS_MAX)
		return false;
	needs->folders[needs->n_folders++] = (struct sandbox_folder){.path = path, .use = use};
	return true;
}

static struct slice folder_of(struct slice file)
{
	const char *slash = file.len == 0 ? NULL : memrchr(file.ptr, '/', file.len);

	if (slash == NULL)
		return SLICE(".");
	return slash == file.ptr ? SLICE("/") : slice_between(file.ptr, slash);
}

bool sandbox_need_folder_of(struct sandbox_needs *needs, struct arena *arena, struct slice file,
			    enum sandbox_use use)
{
	char path[PATH_MAX], real[PATH_MAX];
	struct slice target;

	if (!sandbox_need(needs, folder_of(file), use))
		return false;
	if (file.len >= sizeof(path))
		return true;
	memcpy(path, file.ptr, file.len);
	path[file.len] = '\0';
	if (realpath(path, real) == NULL)
		return true; /* it may still be made, in its folder */
	return arena_copy(arena, slice_of(real), &target) &&
	       sandbox_need(needs, folder_of(target), use);
}
