/* SPDX-License-Identifier: Apache-2.0 */
#include "app/path_byte.h"

const unsigned char path_byte_table[256] = {
	['a' ... 'z'] = PATH_NEVER_ESCAPED,
	['A' ... 'Z'] = PATH_NEVER_ESCAPED,
	['0' ... '9'] = PATH_NEVER_ESCAPED,
	['-'] = PATH_NEVER_ESCAPED,
	['_'] = PATH_NEVER_ESCAPED,
	['.'] = PATH_NEVER_ESCAPED,
	['~'] = PATH_NEVER_ESCAPED,
	['$'] = PATH_NEVER_ESCAPED,
	['&'] = PATH_NEVER_ESCAPED,
	['+'] = PATH_NEVER_ESCAPED,
	[','] = PATH_NEVER_ESCAPED,
	['/'] = PATH_NEVER_ESCAPED,
	[':'] = PATH_NEVER_ESCAPED,
	[';'] = PATH_NEVER_ESCAPED,
	['='] = PATH_NEVER_ESCAPED,
	['@'] = PATH_NEVER_ESCAPED,
	['!'] = PATH_MAY_STAND,
	['\''] = PATH_MAY_STAND,
	['('] = PATH_MAY_STAND,
	[')'] = PATH_MAY_STAND,
	['*'] = PATH_MAY_STAND,
	['['] = PATH_MAY_STAND,
	[']'] = PATH_MAY_STAND,
	['%'] = PATH_MAY_STAND,
};
