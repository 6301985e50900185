/* SPDX-License-Identifier: Apache-2.0 */
#include "format/family_rest.h"

#include "format/schema.h"

struct slice family_rest_unit(struct slice rest)
{
	struct wire w = wire_start(rest);
	struct wire_field field;

	/* In canonical form known fields come first, and the unit is the only one here. */
	return wire_next(&w, &field) && field.number == FAMILY_UNIT && field.type == WIRE_BYTES
		       ? field.bytes
		       : SLICE_EMPTY;
}

bool family_rest_make(struct slice unit, struct arena *arena, struct slice *ret)
{
	char *text;

	*ret = SLICE_EMPTY;
	if (unit.len == 0)
		return true;
	text = arena_text(arena, wire_field_bytes(FAMILY_UNIT, unit.len));
	if (text == NULL)
		return false;
	*ret = slice_between(text, wire_put_bytes(text, FAMILY_UNIT, unit));
	return true;
}
