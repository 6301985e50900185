/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

int err_http_status(enum err_code code)
{
	switch (code) {
#define X(name, status)                                                                            \
	case name:                                                                                 \
		return status;
		ERR_TABLE(X)
#undef X
	case ERR_NONE:
		break;
	}
	not_reached();
}

static struct slice fallback(enum err_code code)
{
	return code == ERR_NOMEM ? SLICE("out of memory")
				 : SLICE("the request needs too much memory");
}

enum err_code err_set(struct err *err, enum err_code code, struct slice msg)
{
	err->code = code;
	err->limit = LIMIT_NONE;
	if (!arena_copy(err->arena, msg, &err->msg))
		err->msg = fallback(code);
	return code;
}

/* False: it does not fit into the arena. */
printf_like(3, 0) static bool format_text(struct arena *arena, struct slice tail,
					  const char *format, va_list args, struct slice *ret)
{
	va_list again;
	int len;
	char *text;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	assert(len >= 0);
	text = arena_text(arena, (size_t)len + 1 + tail.len);
	if (text == NULL)
		return false;
	(void)vsnprintf(text, (size_t)len + 1, format, args);
	if (tail.len > 0)
		memcpy(text + len, tail.ptr, tail.len);
	*ret = (struct slice){text, (size_t)len + tail.len};
	return true;
}

enum err_code err_setf(struct err *err, enum err_code code, const char *format, ...)
{
	va_list args;

	err->code = code;
	err->limit = LIMIT_NONE;
	va_start(args, format);
	if (!format_text(err->arena, SLICE_EMPTY, format, args, &err->msg))
		err->msg = fallback(code);
	va_end(args);
	return code;
}

enum err_code err_over(struct err *err, enum limit limit, const char *format, ...)
{
	struct slice flag = limit_flag(limit);
	char tail[64];
	va_list args;
	int len = snprintf(tail, sizeof(tail), " (--%.*s)", SLICE_ARG(flag));

	assert(len > 0 && len < (int)sizeof(tail));
	err->code = ERR_TOO_BIG;
	err->limit = limit;
	va_start(args, format);
	if (!format_text(err->arena, (struct slice){tail, (size_t)len}, format, args, &err->msg))
		err->msg = limit == LIMIT_PUSH_MEMORY ? SLICE("the request needs too much memory "
							      "(--push.max-memory-bytes)")
						      : fallback(ERR_TOO_BIG);
	va_end(args);
	return ERR_TOO_BIG;
}

enum err_code err_wrapf(struct err *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!format_text(err->arena, err->msg, format, args, &err->msg))
		err->msg = fallback(err->code);
	va_end(args);
	return err->code;
}
