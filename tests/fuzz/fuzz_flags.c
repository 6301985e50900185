/* SPDX-License-Identifier: Apache-2.0
 *
 * Each line of the input is an argument. Whatever they are, parsing ends in one of three ways, says
 * something exactly when it refuses or prints, and what starts can be shown and set again from what
 * was shown. */
#include <stdint.h>

#include "main/flags.h"
#include "main/paths.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARGS_MAX = 64, BYTES_MAX = 8 << 20 };

static struct command_line split(struct slice text, struct slice *items)
{
	struct command_line line = {.program = SLICE("fuzz"), .args = items, .columns = 80};
	struct slice item;

	while (line.n_args < ARGS_MAX && slice_cut(text, '\n', &item, &text)) {
		if (!slice_starts(item, SLICE("@"))) /* no files are opened here */
			items[line.n_args++] = item;
	}
	return line;
}

/* A URL that was shown is a URL, and is shown the same. */
static void check_url(const struct flags *flags, struct arena *arena, struct buf *text)
{
	struct url again;

	if (!url_parse(flags->web_external_url.text, arena, &again, text))
		return; /* `./` put before a colon may let bytes be escaped that were not */
	assert(slice_eq(again.text, flags->web_external_url.text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice items[ARGS_MAX], name, value;
	struct command_line line = split((struct slice){(const char *)data, size}, items);
	enum flags_outcome outcome;
	struct flags flags;
	struct paths paths;
	struct arena arena;
	struct buf text;
	struct err err;

	arena_init(&arena, BYTES_MAX);
	buf_init(&text, BYTES_MAX);
	err = err_in(&arena);
	outcome = flags_parse(&line, &arena, &flags, &text);
	assert((text.len > 0) == (outcome != FLAGS_START));
	if (outcome == FLAGS_START) {
		for (size_t i = 0; flags_show(&flags, i, &arena, &name, &value); i++)
			assert(name.len > 0);
		check_url(&flags, &arena, &text);
		if (paths_make(&flags, &arena, &paths, &err) == ERR_NONE) {
			assert(slice_starts(paths.telemetry_path, SLICE("/")));
			assert(!slice_ends(paths.route_prefix, SLICE("/")));
		} else {
			assert(err.msg.len > 0);
		}
	}
	buf_free(&text);
	arena_free(&arena);
	return 0;
}
