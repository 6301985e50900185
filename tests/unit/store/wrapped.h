/* SPDX-License-Identifier: Apache-2.0
 *
 * wrapped.h -- calls of the C library that a test counts or lets fail, by the linker's --wrap (see
 * tests/unit/CMakeLists.txt). Everything that is linked statically comes through here. */
#pragma once

#include "support.h"

static struct {
	uint64_t n_allocs, n_compares;
	uint64_t fail_at;    /* counts down; at 1 the allocation fails; 0: none does */
	bool fail_from_then; /* and all later ones */
} wrapped;

static inline bool wrapped_fails(void)
{
	wrapped.n_allocs++;
	if (wrapped.fail_at == 0)
		return false;
	if (wrapped.fail_at > 1) {
		wrapped.fail_at--;
		return false;
	}
	wrapped.fail_at = wrapped.fail_from_then;
	return true;
}

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t n, size_t bytes);
void *__real_realloc(void *old, size_t bytes);
void *__real_reallocarray(void *old, size_t n, size_t bytes);
int __real_memcmp(const void *a, const void *b, size_t n);

void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t n, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);
void *__wrap_reallocarray(void *old, size_t n, size_t bytes);
int __wrap_memcmp(const void *a, const void *b, size_t n);

void *__wrap_malloc(size_t bytes)
{
	return wrapped_fails() ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t n, size_t bytes)
{
	return wrapped_fails() ? NULL : __real_calloc(n, bytes);
}

void *__wrap_realloc(void *old, size_t bytes)
{
	return wrapped_fails() ? NULL : __real_realloc(old, bytes);
}

void *__wrap_reallocarray(void *old, size_t n, size_t bytes)
{
	return wrapped_fails() ? NULL : __real_reallocarray(old, n, bytes);
}

int __wrap_memcmp(const void *a, const void *b, size_t n)
{
	wrapped.n_compares++;
	return __real_memcmp(a, b, n);
}
