/* SPDX-License-Identifier: Apache-2.0 */
#include "format/escape.h"

#include "base/must.h"
#include "base/utf8.h"
#include "metric/labels.h"

static const struct slice words[ESCAPINGS] = {
	[ESCAPING_UNDERSCORES] = SLICE_TEXT("underscores"),
	[ESCAPING_DOTS] = SLICE_TEXT("dots"),
	[ESCAPING_VALUES] = SLICE_TEXT("values"),
	[ESCAPING_ALLOW_UTF8] = SLICE_TEXT("allow-utf-8"),
};

bool escaping_of_word(struct slice word, enum escaping *ret)
{
	for (int i = 0; i < ESCAPINGS; i++) {
		if (!slice_eq(word, words[i]))
			continue;
		*ret = (enum escaping)i;
		return true;
	}
	return false;
}

/* Lower case, no leading zeros, in underscores. */
static char *put_hex(char *at, uint32_t code_point)
{
	int shift = 28;

	while (shift > 0 && code_point >> shift == 0)
		shift -= 4;
	*at++ = '_';
	for (; shift >= 0; shift -= 4)
		*at++ = "0123456789abcdef"[code_point >> shift & 15];
	*at++ = '_';
	return at;
}

static char *put_invalid(char *at, uint32_t code_point, enum escaping escaping)
{
	switch (escaping) {
	case ESCAPING_UNDERSCORES:
		*at++ = '_';
		return at;
	case ESCAPING_DOTS:
		return slice_put(at, code_point == '.' ? SLICE("_dot_") : SLICE("__"));
	case ESCAPING_VALUES:
		return put_hex(at, code_point);
	case ESCAPING_ALLOW_UTF8:
		break;
	}
	not_reached();
}

/* Whether this character of a name, the first one or a later one, may stand in a legacy name. */
static bool character_valid(struct slice character, bool first)
{
	return metric_name_valid(character, NAME_LEGACY) ||
	       (!first && character.len == 1 && *character.ptr >= '0' && *character.ptr <= '9');
}

/* In a scheme that changes names, the character of `name` at `at`. */
static char *put_character(char *to, struct slice character, uint32_t code_point, bool first,
			   enum escaping escaping)
{
	if (code_point == '_' && escaping != ESCAPING_UNDERSCORES)
		return slice_put(to, SLICE("__"));
	if (character_valid(character, first))
		return slice_put(to, character);
	return put_invalid(to, code_point, escaping);
}

static bool changes(struct slice name, enum escaping escaping)
{
	return name.len > 0 && escaping != ESCAPING_ALLOW_UTF8 &&
	       !metric_name_valid(name, NAME_LEGACY);
}

size_t name_escape(struct slice name, enum escaping escaping, char *ret)
{
	struct slice rest = name;
	char *at = ret;

	if (!changes(name, escaping))
		return (size_t)(slice_put(at, name) - ret);
	if (escaping == ESCAPING_VALUES)
		at = slice_put(at, SLICE("U__"));
	while (rest.len > 0) {
		size_t len;
		bool is_utf8;
		uint32_t code_point = utf8_next(rest, &len, &is_utf8);

		at = put_character(at, (struct slice){rest.ptr, len}, code_point,
				   rest.ptr == name.ptr, escaping);
		rest = slice_skip(rest, len);
	}
	return (size_t)(at - ret);
}

size_t name_escaped_bytes(struct slice name, enum escaping escaping)
{
	size_t bytes = escaping == ESCAPING_VALUES ? ESCAPE_PREFIX_BYTES : 0;
	char character[16];

	if (!changes(name, escaping))
		return name.len;
	for (struct slice rest = name; rest.len > 0;) {
		size_t len;
		bool is_utf8;
		uint32_t code_point = utf8_next(rest, &len, &is_utf8);

		bytes += (size_t)(put_character(character, (struct slice){rest.ptr, len},
						code_point, rest.ptr == name.ptr, escaping) -
				  character);
		rest = slice_skip(rest, len);
	}
	return bytes;
}
