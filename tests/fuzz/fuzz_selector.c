/* SPDX-License-Identifier: Apache-2.0
 *
 * A selector: it is refused with a sentence of text alone, or it answers for any labels, within its
 * budget, the same each time. */
#include <stdint.h>

#include "format/selector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BYTES_MAX = 4 << 20 };

static struct labels group(struct arena *arena, struct slice value)
{
	const struct label sorted[] = {{SLICE("a"), value}, {SLICE("job"), SLICE("b\n1")}};
	struct labels labels;

	if (!labels_pack(sorted, 2, arena, &labels))
		abort();
	return labels;
}

static void check_sentence(const struct err *err)
{
	assert(err->code == ERR_SYNTAX);
	assert(err->msg.len > 0);
	for (size_t i = 0; i < err->msg.len && i < sizeof("selector \"") - 1; i++)
		assert((unsigned char)err->msg.ptr[i] >= ' ');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = {(const char *)data, size};
	struct selector_budget budget = selector_budget(), again;
	struct selectors *s;
	struct arena arena;
	struct err err;
	bool takes;

	arena_init(&arena, BYTES_MAX);
	err = err_in(&arena);
	if (selectors_parse(&text, 1, &s, &err) != ERR_NONE) {
		check_sentence(&err);
		arena_free(&arena);
		return 0;
	}
	takes = selectors_match(s, group(&arena, text), &budget);
	assert(budget.cost_left <= SELECTOR_COST_MAX && !budget.exhausted);
	again = selector_budget();
	assert(selectors_match(s, group(&arena, text), &again) == takes);
	assert(again.cost_left == budget.cost_left);
	again.cost_left = 0;
	(void)selectors_match(s, group(&arena, SLICE("x")), &again);
	(void)selectors_take_all(s);
	(void)selectors_free(s);
	arena_free(&arena);
	return 0;
}
