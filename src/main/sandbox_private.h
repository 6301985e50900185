/* SPDX-License-Identifier: Apache-2.0
 *
 * sandbox_private.h -- the walls, in the order in which they are put up. */
#pragma once

#include "main/sandbox.h"

/* Both say in `ret` what the kernel has. */
must_check enum err_code sandbox_landlock(const struct sandbox_needs *needs, int *ret_abi,
					  struct err *reterr);
must_check enum err_code sandbox_seccomp(const struct sandbox_needs *needs, bool *ret,
					 struct err *reterr);
