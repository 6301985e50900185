/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define poison(ptr, bytes) ASAN_POISON_MEMORY_REGION((ptr), (bytes))
#define unpoison(ptr, bytes) ASAN_UNPOISON_MEMORY_REGION((ptr), (bytes))
enum { GAP_BYTES = 8 }; /* poisoned bytes between allocations */
#else
#define poison(ptr, bytes) ((void)(ptr), (void)(bytes))
#define unpoison(ptr, bytes) ((void)(ptr), (void)(bytes))
enum { GAP_BYTES = 0 };
#endif

enum { FIRST_CHUNK_BYTES = 16 * 1024, CHUNK_BYTES_MAX = 1024 * 1024 };

struct arena_chunk {
	struct arena_chunk *older;
	size_t bytes; /* of data */
	size_t used;
	alignas(max_align_t) char data[];
};

void arena_init(struct arena *a, size_t bytes_max)
{
	*a = (struct arena){.bytes_max = bytes_max};
}

static bool arena_grow(struct arena *a, size_t bytes_wanted)
{
	size_t bytes = a->head == NULL ? FIRST_CHUNK_BYTES : a->head->bytes * 2;
	size_t left = a->bytes_max - a->bytes_used;
	struct arena_chunk *chunk;

	if (bytes > CHUNK_BYTES_MAX)
		bytes = CHUNK_BYTES_MAX;
	if (bytes < bytes_wanted)
		bytes = bytes_wanted;
	if (left < sizeof(*chunk) || bytes_wanted > left - sizeof(*chunk))
		return false;
	if (bytes > left - sizeof(*chunk))
		bytes = left - sizeof(*chunk);
	chunk = malloc(sizeof(*chunk) + bytes);
	if (chunk == NULL)
		return false;
	*chunk = (struct arena_chunk){.older = a->head, .bytes = bytes};
	poison(chunk->data, bytes);
	a->head = chunk;
	a->bytes_used += sizeof(*chunk) + bytes;
	return true;
}

static char *arena_take(struct arena *a, size_t bytes, size_t alignment)
{
	size_t at;
	char *taken;

	if (bytes > SIZE_MAX / 2)
		return NULL;
	if (a->head != NULL) {
		at = (a->head->used + alignment - 1) & ~(alignment - 1);
		if (at <= a->head->bytes && bytes + GAP_BYTES <= a->head->bytes - at)
			goto found;
	}
	if (!arena_grow(a, bytes + GAP_BYTES)) {
		a->is_full = true;
		return NULL;
	}
	at = 0;
found:
	taken = a->head->data + at;
	a->head->used = at + bytes + GAP_BYTES;
	unpoison(taken, bytes);
	return taken;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
	void *taken = arena_take(a, bytes, alignof(max_align_t));

	return taken == NULL ? NULL : memset(taken, 0, bytes);
}

char *arena_text(struct arena *a, size_t bytes)
{
	return arena_take(a, bytes, 1);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? NULL : arena_alloc(a, bytes);
}

bool arena_copy(struct arena *a, struct slice s, struct slice *ret)
{
	char *text = arena_text(a, s.len);

	if (text == NULL)
		return false;
	if (s.len > 0)
		memcpy(text, s.ptr, s.len);
	*ret = (struct slice){text, s.len};
	return true;
}

char *arena_string(struct arena *a, struct slice s)
{
	char *text = arena_text(a, s.len + 1);

	if (text == NULL)
		return NULL;
	*slice_put(text, s) = '\0';
	return text;
}

static void arena_drop_head(struct arena *a)
{
	struct arena_chunk *chunk = a->head;

	a->head = chunk->older;
	a->bytes_used -= sizeof(*chunk) + chunk->bytes;
	free(chunk);
}

void arena_reset(struct arena *a)
{
	a->is_full = false;
	while (a->head != NULL && (a->head->older != NULL || a->head->bytes > FIRST_CHUNK_BYTES))
		arena_drop_head(a);
	if (a->head != NULL) {
		a->head->used = 0;
		poison(a->head->data, a->head->bytes);
	}
}

void arena_free(struct arena *a)
{
	arena_reset(a);
	free(a->head);
	arena_init(a, a->bytes_max);
}
