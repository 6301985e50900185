/* SPDX-License-Identifier: Apache-2.0 */
#include "main/args.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/quote.h"
#include "base/utf8.h"

struct args_item {
	struct args_item *next;
	struct slice text;
};

static struct token out_of_memory(void)
{
	return (struct token){TOKEN_ERROR, SLICE("out of memory")};
}

static bool prepend(struct args *a, struct slice text)
{
	struct args_item *item = arena_new(a->arena, struct args_item);

	if (item == NULL)
		return false;
	*item = (struct args_item){.next = a->rest, .text = text};
	a->rest = item;
	return true;
}

bool args_start(struct args *a, const struct slice *items, size_t n, struct arena *arena)
{
	*a = (struct args){.arena = arena};
	while (n > 0) {
		if (!prepend(a, items[--n]))
			return false;
	}
	return true;
}

/* "WHAT "NAME": REASON", or with `call` "WHAT "NAME": CALL NAME: REASON". */
static struct token file_error(struct args *a, const char *what, struct slice name,
			       const char *call, struct slice reason)
{
	struct token error = out_of_memory();
	struct buf text;

	buf_init(&text, ARGS_FILE_BYTES_MAX);
	buf_putf(&text, "%s ", what);
	quote_string(&text, name);
	buf_put(&text, SLICE(": "));
	if (call != NULL) {
		buf_putf(&text, "%s ", call);
		buf_put(&text, name);
		buf_put(&text, SLICE(": "));
	}
	buf_put(&text, reason);
	if (buf_ok(&text) && arena_copy(a->arena, buf_slice(&text), &error.text))
		error.kind = TOKEN_ERROR;
	buf_free(&text);
	return error;
}

/* Go's texts for errno begin in lower case. */
static struct token file_errno(struct args *a, const char *what, struct slice name,
			       const char *call, int code)
{
	struct slice reason = SLICE_EMPTY;

	if (!arena_copy(a->arena, slice_of(strerrordesc_np(code)), &reason) || reason.len == 0)
		return out_of_memory();
	if (reason.ptr[0] >= 'A' && reason.ptr[0] <= 'Z')
		((char *)reason.ptr)[0] |= 0x20;
	return file_error(a, what, name, call, reason);
}

/* All of the file into `text`; false with `ret_error` set. */
static bool read_file(struct args *a, struct slice name, struct buf *text, struct token *ret_error)
{
	static const char failed_open[] = "failed to open arguments file";
	static const char failed_read[] = "failed to read arguments from";
	char *path = arena_string(a->arena, name);
	ssize_t got = 0;
	int fd;

	if (path == NULL) {
		*ret_error = out_of_memory();
		return false;
	}
	fd = strlen(path) == name.len ? open(path, O_RDONLY | O_CLOEXEC) : (errno = EINVAL, -1);
	if (fd < 0) {
		*ret_error = file_errno(a, failed_open, name, "open", errno);
		return false;
	}
	do {
		char *at = buf_reserve(text, 4096);

		if (at == NULL) {
			*ret_error = file_error(a, failed_read, name, NULL,
						SLICE("it is larger than 1 MiB"));
			break;
		}
		got = read(fd, at, 4096);
		if (got > 0)
			buf_advance(text, (size_t)got);
		else if (got < 0)
			*ret_error = file_errno(a, failed_read, name, "read", errno);
	} while (got > 0);
	close(fd);
	return buf_ok(text) && got == 0;
}

/* Lines from the last to the first, so that the first comes to stand in front. */
static bool prepend_lines(struct args *a, struct slice text)
{
	if (slice_ends(text, SLICE("\n")))
		text.len--;
	else if (text.len == 0)
		return true;
	for (;;) {
		const char *newline = text.len == 0 ? NULL : memrchr(text.ptr, '\n', text.len);
		const char *begin = newline == NULL ? text.ptr : newline + 1;
		struct slice line = slice_between(begin, text.ptr + text.len);

		if (slice_ends(line, SLICE("\r")))
			line.len--;
		if (!slice_starts(line, SLICE("#")) && !prepend(a, line))
			return false;
		if (newline == NULL)
			return true;
		text.len = (size_t)(newline - text.ptr);
	}
}

static bool expand(struct args *a, struct slice name, struct token *ret_error)
{
	struct slice kept;
	struct buf text;
	bool ok;

	if (name.len == 0) {
		*ret_error = (struct token){TOKEN_ERROR,
					    SLICE("expected @ file to expand arguments from")};
		return false;
	}
	if (++a->n_files > ARGS_FILES_MAX) {
		*ret_error = (struct token){TOKEN_ERROR, SLICE("more than 100 argument files")};
		return false;
	}
	buf_init(&text, ARGS_FILE_BYTES_MAX);
	ok = read_file(a, name, &text, ret_error);
	if (ok && (!arena_copy(a->arena, buf_slice(&text), &kept) || !prepend_lines(a, kept))) {
		*ret_error = out_of_memory();
		ok = false;
	}
	buf_free(&text);
	return ok;
}

static void push(struct args *a, struct token t)
{
	assert(a->n_peeked < sizeof(a->peeked) / sizeof(a->peeked[0]));
	a->peeked[a->n_peeked++] = t;
}

static struct token cut_long(struct args *a, struct slice name)
{
	struct slice value;

	if (slice_cut(name, '=', &name, &value))
		push(a, (struct token){TOKEN_ARG, value});
	return (struct token){TOKEN_LONG, name};
}

/* One letter; what follows it is the next short flag. */
static struct token cut_short(struct args *a, struct slice arg)
{
	struct slice letter = SLICE_EMPTY, rest;
	size_t len;
	bool valid;
	char *text;

	if (arg.len == 1)
		return (struct token){TOKEN_SHORT, letter};
	(void)utf8_next(slice_skip(arg, 1), &len, &valid);
	letter = valid ? (struct slice){arg.ptr + 1, len} : SLICE("\xef\xbf\xbd");
	rest = slice_skip(arg, 1 + len);
	if (rest.len > 0) {
		text = arena_text(a->arena, rest.len + 1);
		if (text == NULL)
			return out_of_memory();
		text[0] = '-';
		memcpy(text + 1, rest.ptr, rest.len);
		if (!prepend(a, (struct slice){text, rest.len + 1}))
			return out_of_memory();
	}
	return (struct token){TOKEN_SHORT, letter};
}

static struct token cut_next(struct args *a)
{
	while (a->rest != NULL) {
		struct slice arg = a->rest->text;
		struct token error;

		a->rest = a->rest->next;
		if (a->plain_only)
			return (struct token){TOKEN_ARG, arg};
		if (slice_eq(arg, SLICE("--")))
			a->plain_only = true;
		else if (slice_starts(arg, SLICE("--")))
			return cut_long(a, slice_skip(arg, 2));
		else if (slice_starts(arg, SLICE("-")))
			return cut_short(a, arg);
		else if (!slice_starts(arg, SLICE("@")))
			return (struct token){TOKEN_ARG, arg};
		else if (!expand(a, slice_skip(arg, 1), &error))
			return error;
	}
	return (struct token){TOKEN_END, SLICE_EMPTY};
}

struct token args_peek(struct args *a)
{
	if (a->n_peeked == 0) {
		/* cut_next may push the value that comes after it. */
		struct token t = cut_next(a);

		push(a, t);
	}
	return a->peeked[a->n_peeked - 1];
}

struct token args_next(struct args *a)
{
	struct token t = args_peek(a);

	if (t.kind != TOKEN_END && t.kind != TOKEN_ERROR)
		a->n_peeked--;
	return t;
}

void token_put(struct buf *out, struct token t)
{
	if (t.kind == TOKEN_LONG)
		buf_put(out, SLICE("--"));
	else if (t.kind == TOKEN_SHORT)
		buf_put(out, SLICE("-"));
	buf_put(out, t.text);
}
