/* SPDX-License-Identifier: Apache-2.0
 *
 * range.h -- which bytes of a file a request wants (RFC 9110, 14). Pure; any thread. */
#pragma once

#include <stdint.h>

#include "base/slice.h"

enum range_result {
	RANGE_WHOLE, /* no range, or one that is to be ignored: several, another unit, not one */
	RANGE_PART,
	RANGE_NONE, /* beyond the end: 416 */
};

/* `value` of the Range header, about a file of `bytes` bytes. */
enum range_result range_parse(struct slice value, uint64_t bytes, uint64_t *ret_from,
			      uint64_t *ret_len);
