/* SPDX-License-Identifier: Apache-2.0 */
#include "http/basic_auth.h"

#include "base/base64.h"

bool basic_auth_read(struct slice value, struct arena *arena, struct slice *ret_name,
		     struct slice *ret_password)
{
	struct slice text;

	if (!slice_starts_nocase(value, SLICE("Basic ")) ||
	    !base64_decode_standard(slice_skip(value, 6), arena, &text))
		return false;
	return slice_cut(text, ':', ret_name, ret_password);
}
