/* SPDX-License-Identifier: Apache-2.0
 *
 * base64.h -- base64 as the reference reads it: URL-safe in paths, standard in headers. Pure; any
 * thread. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"

enum base64_result { BASE64_OK, BASE64_ILLEGAL, BASE64_NOMEM };

/* Alphabet with - and _; all trailing `=` are taken off first; line feeds and carriage returns are
 * skipped; left-over bits need not be zero (Go: base64.RawURLEncoding). On BASE64_ILLEGAL
 * `*ret_offset` is the byte that is illegal and `*ret` what was decoded before it. */
must_check enum base64_result base64_decode(struct slice text, struct arena *arena,
					    struct slice *ret, size_t *ret_offset);

/* Alphabet with + and /, `=` up to a multiple of four; line feeds and carriage returns are skipped;
 * left-over bits need not be zero (Go: base64.StdEncoding). False for anything else, and when the
 * arena refuses. */
must_check bool base64_decode_standard(struct slice text, struct arena *arena, struct slice *ret);

/* Without padding. */
void base64_put(struct buf *out, struct slice bytes);
