/* SPDX-License-Identifier: Apache-2.0 */
#include "main/webconfig_file.h"

#include <pthread.h>
#include <stdlib.h>

#include "http/file_stamp.h"
#include "main/webconfig.h"
#include "main/yaml.h"

enum { PATH_BYTES_MAX = 64 * 1024, SENTENCE_BYTES_MAX = 64 * 1024 };

struct webconfig_file {
	/* never change */
	struct arena arena;
	struct slice path, folder;

	pthread_mutex_t mutex;
	/* under the mutex */
	struct file_stamp stamp;    /* of what was read last */
	struct buf text;            /* likewise */
	struct http_policy *policy; /* NULL: nothing, or it is broken */
	struct buf sentence;        /* why there is no policy; its code is */
	enum err_code code;
};

static struct slice folder_of(struct slice path)
{
	size_t len = path.len;

	while (len > 0 && path.ptr[len - 1] != '/')
		len--;
	if (len > 1)
		len--; /* without the slash, but for the root */
	return (struct slice){path.ptr, len};
}

struct webconfig_file *webconfig_file_new(struct slice path)
{
	struct webconfig_file *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	arena_init(&f->arena, PATH_BYTES_MAX);
	buf_init(&f->sentence, SENTENCE_BYTES_MAX);
	buf_init(&f->text, (size_t)2 * YAML_BYTES_MAX);
	must_ok(pthread_mutex_init(&f->mutex, NULL));
	if (!arena_copy(&f->arena, path, &f->path))
		return webconfig_file_free(f);
	f->folder = folder_of(f->path);
	return f;
}

struct webconfig_file *webconfig_file_free(struct webconfig_file *f)
{
	if (f == NULL)
		return NULL;
	http_policy_release(f->policy);
	buf_free(&f->sentence);
	buf_free(&f->text);
	arena_free(&f->arena);
	must_ok(pthread_mutex_destroy(&f->mutex));
	free(f);
	return NULL;
}

/* The same text is the same policy: who compares pointers need not start over. */
static enum err_code read_now(struct webconfig_file *f, struct err *reterr)
{
	struct http_policy *policy;
	struct buf text;
	enum err_code code;

	buf_init(&text, (size_t)2 * YAML_BYTES_MAX);
	code = file_read(f->path, YAML_BYTES_MAX, &text, reterr);
	if (code == ERR_NONE && f->policy != NULL &&
	    slice_eq(buf_slice(&text), buf_slice(&f->text))) {
		buf_free(&text);
		return ERR_NONE;
	}
	http_policy_release(f->policy);
	f->policy = NULL;
	if (code == ERR_NONE)
		code = webconfig_parse(buf_slice(&text), f->folder, &policy, reterr);
	if (code == ERR_NONE)
		f->policy = policy;
	buf_free(&f->text);
	f->text = text;
	return code;
}

static void read_again(struct webconfig_file *f, const struct file_stamp *now, struct err *reterr)
{
	f->code = read_now(f, reterr);
	f->stamp = *now;
	buf_clear(&f->sentence);
	if (f->code != ERR_NONE)
		buf_put(&f->sentence, reterr->msg);
}

static enum err_code current(void *state, struct http_policy **ret, struct err *reterr)
{
	struct webconfig_file *f = state;
	struct file_stamp now = file_stamp_take(f->path);
	enum err_code code;

	must_ok(pthread_mutex_lock(&f->mutex));
	if (!file_stamp_same(&f->stamp, &now))
		read_again(f, &now, reterr);
	code = f->code;
	if (code == ERR_NONE)
		*ret = http_policy_hold(f->policy);
	else
		err_set(reterr, code, buf_slice(&f->sentence));
	must_ok(pthread_mutex_unlock(&f->mutex));
	return code;
}

struct http_policy_source webconfig_file_source(struct webconfig_file *f)
{
	return (struct http_policy_source){.current = current, .state = f};
}

void webconfig_file_forget(struct webconfig_file *f)
{
	must_ok(pthread_mutex_lock(&f->mutex));
	f->stamp.exists = false;
	must_ok(pthread_mutex_unlock(&f->mutex));
}
