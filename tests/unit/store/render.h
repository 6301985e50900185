/* SPDX-License-Identifier: Apache-2.0
 *
 * render.h -- a snapshot as the text of /metrics, the way a scrape writes it. */
#pragma once

#include "format/text_write.h"
#include "store/store.h"

#include "support.h"

/* A rendered leaf, as it may be kept for the next reader. */
struct made_text {
	struct made made;
	size_t len;
	char text[];
};

static inline void made_text_drop(struct made *made)
{
	free(made);
}

static inline struct made_text *made_of(const struct buf *text)
{
	struct made_text *made = malloc(sizeof(*made) + text->len);

	assert(made != NULL && buf_ok(text));
	made->made.drop = made_text_drop;
	made->len = text->len;
	memcpy(made->text, buf_slice(text).ptr, text->len);
	return made;
}

static inline const struct made_text *leaf_made(const struct order_node *leaf, struct slice name)
{
	void *made = atomic_load_explicit(&leaf->made, memory_order_acquire);
	struct buf text;

	if (made != NULL)
		return made;
	buf_init(&text, SIZE_MAX / 2);
	for (uint32_t i = 0; i < leaf->n; i++)
		text_write_series(&text, ESCAPING_ALLOW_UTF8, name, leaf->child[i]);
	made = order_leaf_keep(leaf, made_of(&text));
	buf_free(&text);
	return made;
}

/* Appends. `keep`: through the write-once slots; else everything is rendered afresh. */
static inline void render_family(struct buf *out, const struct store_family_version *family,
				 bool keep)
{
	struct order_walk leaves;
	const struct order_node *leaf;

	text_write_head(out, ESCAPING_ALLOW_UTF8, family->name,
			family->help == NULL ? NULL : &family->help->text, family->type);
	order_walk_start(&leaves, family->series);
	while ((leaf = order_walk_next(&leaves)) != NULL) {
		if (keep) {
			const struct made_text *made = leaf_made(leaf, family->name);

			buf_put(out, (struct slice){made->text, made->len});
		}
		for (uint32_t i = 0; !keep && i < leaf->n; i++)
			text_write_series(out, ESCAPING_ALLOW_UTF8, family->name, leaf->child[i]);
	}
}

static inline void render(struct buf *out, const struct snapshot *snap, bool keep)
{
	struct order_walk families;
	const struct order_node *leaf;

	order_walk_start(&families, snapshot_families(snap));
	while ((leaf = order_walk_next(&families)) != NULL)
		for (uint32_t i = 0; i < leaf->n; i++)
			render_family(out, leaf->child[i], keep);
	assert(buf_ok(out));
}
