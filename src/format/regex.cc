/* SPDX-License-Identifier: Apache-2.0
 *
 * regex.cc -- Google's RE2 behind a C header.
 *
 * Why RE2: its language is the one that is promised (Go's regexp package was made after it), and it
 * is safe by construction. A backtracking engine would need a list of all that must be refused, and
 * limits on every match. Its one construct that Go does not have, \C, is refused here. */
#include <new>

#include <re2/re2.h>

extern "C" {
#include "format/regex.h"
}

/* For the program and the tables that matching makes of it. */
static const int64_t MEMORY_BYTES_MAX = INT64_C(512) * 1024;

struct regex {
	RE2 re2;

	regex(struct slice pattern, const RE2::Options &options)
	    : re2(re2::StringPiece(pattern.ptr, pattern.len), options)
	{
	}
};

/* \C, a single byte of a character, outside of \Q...\E. */
static bool has_byte_class(struct slice pattern)
{
	bool quoted = false;

	for (size_t i = 0; i + 1 < pattern.len; i++) {
		if (pattern.ptr[i] != '\\')
			continue;
		if (pattern.ptr[i + 1] == 'E')
			quoted = false;
		else if (quoted)
			continue;
		else if (pattern.ptr[i + 1] == 'Q')
			quoted = true;
		else if (pattern.ptr[i + 1] == 'C')
			return true;
		i++;
	}
	return false;
}

extern "C" enum err_code regex_new(struct slice pattern, struct regex **ret, struct err *reterr)
{
	RE2::Options options;
	struct regex *r;

	if (has_byte_class(pattern))
		return err_set(reterr, ERR_SYNTAX, SLICE("invalid escape sequence: \\C"));
	options.set_log_errors(false);
	options.set_never_capture(true);
	options.set_dot_nl(true);
	options.set_max_mem(MEMORY_BYTES_MAX);
	r = new (std::nothrow) regex(pattern, options);
	if (r == nullptr)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	if (!r->re2.ok()) {
		err_setf(reterr, ERR_SYNTAX, "%s", r->re2.error().c_str());
		delete r;
		return ERR_SYNTAX;
	}
	*ret = r;
	return ERR_NONE;
}

extern "C" void regex_free(struct regex *r)
{
	delete r;
}

extern "C" bool regex_matches(const struct regex *r, struct slice text)
{
	return RE2::FullMatch(re2::StringPiece(text.ptr, text.len), r->re2);
}

/* Where its tables do not fit, RE2 goes through the program for each byte: measured 5 ns for each
 * instruction. */
extern "C" uint64_t regex_cost(const struct regex *r, size_t text_bytes)
{
	return 4 + (uint64_t)text_bytes * (1 + (uint64_t)r->re2.ProgramSize() / 8);
}
