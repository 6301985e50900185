/* SPDX-License-Identifier: Apache-2.0 */
#include "app/html.h"

#include "../cm.h"

static void check(struct slice in, struct slice want)
{
	struct buf out;

	buf_init(&out, 1000);
	html_escape(&out, in);
	assert_true(buf_ok(&out));
	assert_text(buf_slice(&out), want);
	buf_free(&out);
}

/* What could end a text or an attribute becomes a reference, quotes as numbers. */
static void markup_becomes_references(void **state)
{
	(void)state;
	check(SLICE("<a href=\"x\" class='y'>&amp;</a>"),
	      SLICE("&lt;a href=&#34;x&#34; class=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;"));
}

/* All other bytes are left alone, NUL and those that are no UTF-8 among them. */
static void other_bytes_stay(void **state)
{
	char bytes[256];
	size_t n = 0;

	(void)state;
	for (int c = 0; c < 256; c++)
		if (c == 0 || strchr("<>&\"'", c) == NULL)
			bytes[n++] = (char)c;
	check((struct slice){bytes, n}, (struct slice){bytes, n});
	check(SLICE_EMPTY, SLICE_EMPTY);
}

/* A page that is full fails as a whole; half a reference is never the end of one that did not. */
static void a_full_page_fails(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 3);
	html_escape(&out, SLICE("<"));
	assert_false(buf_ok(&out));
	assert_int_equal(buf_slice(&out).len, 0);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markup_becomes_references),
		cmocka_unit_test(other_bytes_stay),
		cmocka_unit_test(a_full_page_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
