/* SPDX-License-Identifier: Apache-2.0
 *
 * basic_auth.h -- name and password in an Authorization header (RFC 7617), as Go reads them. Pure;
 * any thread. */
#pragma once

#include "base/arena.h"
#include "base/slice.h"

/* "Basic " in any case, base64 of the standard alphabet with its padding, a colon in it. False for
 * anything else. The results live in the arena. */
must_check bool basic_auth_read(struct slice value, struct arena *arena, struct slice *ret_name,
				struct slice *ret_password);
