/* SPDX-License-Identifier: Apache-2.0
 *
 * api.h -- what the handlers of /api/v1 share: the envelope, its headers, its errors. Private to
 * the app floor; docs/api.md is what clients are promised. */
#pragma once

#include "app/app_private.h"

enum api_kind {
	API_OPEN,       /* any origin may read it: the reference's headers */
	API_REVALIDATE, /* the same, and what a cache has may be asked for with its ETag */
	API_ADMIN,      /* no other origin may use it */
};

/* {"status":"error",...}: the status and errorType are the code's. */
void api_answer_error(struct http_exchange *x, enum api_kind kind, const struct err *err);
void api_answer_not_found(struct http_exchange *x, struct slice sentence);
void api_answer_no_memory(struct http_exchange *x, enum api_kind kind);

/* Whole, or made while it is sent. `etag` is empty when there is none. */
void api_answer(struct http_exchange *x, enum api_kind kind, struct slice json);
void api_answer_producer(struct http_exchange *x, enum api_kind kind, struct slice etag,
			 const struct http_producer *producer);
void api_answer_not_modified(struct http_exchange *x, struct slice etag);

/* The sentence for selectors that ask for too much. */
enum err_code api_err_exhausted(struct err *reterr);

/* One group as the lists show it. */
void api_put_group(struct buf *out, const struct group_state *group);

/* Answers with these groups between two texts; takes all three and the snapshot. */
struct api_list {
	const struct snapshot *snapshot;
	const struct group_state **groups; /* of malloc */
	size_t n;
	struct buf head, tail;
};

void api_answer_list(struct http_exchange *x, enum api_kind kind, struct slice etag,
		     struct api_list *list);
void api_list_free(struct api_list *list);

/* The verdict on a deletion by selectors. */
void api_answer_deleted(struct http_exchange *x, const struct change *c);
