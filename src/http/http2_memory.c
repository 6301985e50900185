/* SPDX-License-Identifier: Apache-2.0
 *
 * What nghttp2 keeps of a connection: streams, header tables, frames and headers that wait to be
 * sent. Counted by its allocator, and charged with what all connections buffer. */
#include "http/http2_private.h"

#include <malloc.h>
#include <stdlib.h>

enum {
	/* An idle session with full tables has 38 KB, a usual request under way up to 700 bytes:
	 * without room for more, who asks thirty things at once does not lose the connection. */
	SPARE_BYTES = 64 * 1024,
	STEP_BYTES = 16 * 1024, /* so that the usual coming and going charges nothing */
};

static void *counted(struct http2 *h, void *ptr)
{
	h->session_bytes += malloc_usable_size(ptr);
	return ptr;
}

static void *session_malloc(size_t size, void *arg)
{
	return counted(arg, malloc(size));
}

static void *session_calloc(size_t n, size_t size, void *arg)
{
	return counted(arg, calloc(n, size));
}

static void session_free(void *ptr, void *arg)
{
	struct http2 *h = arg;

	h->session_bytes -= malloc_usable_size(ptr);
	free(ptr);
}

static void *session_realloc(void *ptr, size_t size, void *arg)
{
	struct http2 *h = arg;
	size_t before = malloc_usable_size(ptr);
	void *moved = realloc(ptr, size);

	if (moved == NULL && size > 0)
		return NULL;
	h->session_bytes -= before;
	return counted(h, moved);
}

nghttp2_mem http2_session_memory(struct http2 *h)
{
	return (nghttp2_mem){h, session_malloc, session_free, session_calloc, session_realloc};
}

static size_t chargeable(const struct http2 *h)
{
	size_t beyond = h->session_bytes < SPARE_BYTES ? 0 : h->session_bytes - SPARE_BYTES;

	return (beyond + STEP_BYTES - 1) / STEP_BYTES * STEP_BYTES;
}

bool http2_session_has_spare(const struct http2 *h, size_t bytes)
{
	return h->session_bytes + h->uncharged_bytes + bytes <= SPARE_BYTES;
}

bool http2_charge_session(struct http2 *h)
{
	struct conn *c = h->conn;
	size_t bytes = chargeable(h);

	if (bytes < h->charged_bytes)
		worker_buffer_release(c->worker, h->charged_bytes - bytes);
	while (bytes > h->charged_bytes &&
	       !worker_buffer_charge(c->worker, bytes - h->charged_bytes)) {
		if (conn_make_room(c))
			continue;
		h->over = true;
		conn_overflow(c);
		return false;
	}
	h->charged_bytes = bytes;
	return true;
}
