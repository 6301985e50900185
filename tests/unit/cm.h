/* SPDX-License-Identifier: Apache-2.0
 *
 * cm.h -- cmocka with the headers it wants before it. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"

/* Prints both sides where they differ. */
static inline void assert_text(struct slice got, struct slice want)
{
	if (!slice_eq(got, want))
		fail_msg("\n got: %.*s\nwant: %.*s", (int)got.len, got.ptr, (int)want.len,
			 want.ptr);
}
