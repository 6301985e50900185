/* SPDX-License-Identifier: Apache-2.0
 *
 * A byte of options, the job up to a `/`, the label part. Whatever they are: labels come out
 * sorted, each name once and valid, job among them, no more than the limit, every slice in the
 * input or in the arena; or a sentence says why not, in the usual scheme one without control bytes.
 */
#include <stdint.h>

#include "format/path_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BYTES_MAX = 4 << 20, BASE64 = 1, UTF8 = 2, LITTLE_MEMORY = 4, LABELS_MAX_SHIFT = 4 };

static bool is_within(struct slice part, struct slice whole)
{
	return (uintptr_t)part.ptr >= (uintptr_t)whole.ptr &&
	       (uintptr_t)part.ptr + part.len <= (uintptr_t)whole.ptr + whole.len;
}

/* The sanitizer reports a slice that points to where nothing is. */
static void touch(struct slice s, struct slice input)
{
	volatile char sum = 0;

	if (is_within(s, input))
		return;
	for (size_t i = 0; i < s.len; i++)
		sum = (char)(sum + s.ptr[i]);
}

static void check_labels(const struct label *labels, size_t n, enum name_scheme scheme,
			 uint32_t labels_max, struct slice input)
{
	bool has_job = false;

	assert(labels_max == 0 || n <= labels_max);
	assert(n >= 1);
	for (size_t i = 0; i < n; i++) {
		touch(labels[i].name, input);
		touch(labels[i].value, input);
		assert(label_name_valid(labels[i].name, scheme));
		assert(i == 0 || slice_compare(labels[i - 1].name, labels[i].name) < 0);
		if (slice_eq(labels[i].name, SLICE("job"))) {
			has_job = true;
			assert(labels[i].value.len > 0);
		}
	}
	assert(has_job);
}

/* The reference quotes values but not the valid name before one, which UTF-8 lets be anything. */
static void check_sentence(const struct err *err, enum err_code code, enum name_scheme scheme)
{
	assert(err->code == code && (code == ERR_SYNTAX || code == ERR_TOO_BIG));
	assert(err->msg.len > 0);
	for (size_t i = 0; scheme == NAME_LEGACY && i < err->msg.len; i++)
		assert((unsigned char)err->msg.ptr[i] >= ' ' && err->msg.ptr[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = {(const char *)data, size}, rest;
	struct push_path path = {.labels = SLICE_EMPTY};
	enum name_scheme scheme;
	uint32_t labels_max;
	struct label *labels;
	struct arena arena;
	enum err_code code;
	struct err err;
	size_t n;

	if (size == 0)
		return 0;
	scheme = data[0] & UTF8 ? NAME_UTF8 : NAME_LEGACY;
	labels_max = data[0] >> LABELS_MAX_SHIFT;
	path.job_base64 = data[0] & BASE64;
	rest = path.job = slice_skip(input, 1);
	if (slice_cut(path.job, '/', &path.job, &rest))
		path.labels = (struct slice){rest.ptr - 1, rest.len + 1};
	arena_init(&arena, data[0] & LITTLE_MEMORY ? size : BYTES_MAX);
	err = err_in(&arena);
	code = path_parse(&path, scheme, labels_max, &arena, &labels, &n, &err);
	if (code == ERR_NONE)
		check_labels(labels, n, scheme, labels_max, input);
	else
		check_sentence(&err, code, scheme);
	arena_free(&arena);
	return 0;
}
