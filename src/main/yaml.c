/* SPDX-License-Identifier: Apache-2.0 */
#include "main/yaml.h"

#include <yaml.h>

struct anchor {
	struct slice name;
	struct yaml_node *node;
};

struct reader {
	yaml_parser_t parser;
	struct arena *arena;
	struct err *err;
	struct yaml_node *root;
	struct yaml_node *open[YAML_DEPTH_MAX]; /* collections around the next node */
	struct yaml_node *keys[YAML_DEPTH_MAX]; /* of a mapping: the key that waits for its value */
	size_t depth;
	size_t n_nodes;
	struct anchor anchors[YAML_ANCHORS_MAX];
	size_t n_anchors;
	bool done;
};

const struct yaml_node *yaml_meant(const struct yaml_node *n)
{
	return n->same == NULL ? n : n->same;
}

static enum err_code no_memory(struct reader *r)
{
	return err_set(r->err, ERR_NOMEM, SLICE("yaml: out of memory"));
}

static enum err_code fail_at(struct reader *r, const yaml_mark_t *mark, const char *what)
{
	return err_setf(r->err, ERR_SYNTAX, "yaml: line %zu: %s (column %zu)", mark->line + 1, what,
			mark->column + 1);
}

static enum err_code parser_failed(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;

	if (p->error == YAML_MEMORY_ERROR)
		return no_memory(r);
	if (p->error == YAML_READER_ERROR)
		return err_setf(r->err, ERR_SYNTAX, "yaml: %s (offset %zu)", p->problem,
				p->problem_offset);
	return fail_at(r, &p->problem_mark, p->problem);
}

static struct slice slice_of_yaml(const yaml_char_t *text)
{
	return slice_of((const char *)text);
}

/* Where the next node goes: the root, a sequence's end, a mapping's key or its value. */
static void attach(struct reader *r, struct yaml_node *node)
{
	struct yaml_node *parent;

	if (r->depth == 0) {
		r->root = node;
		return;
	}
	parent = r->open[r->depth - 1];
	if (parent->kind == YAML_MAPPING) {
		struct yaml_node **key = &r->keys[r->depth - 1];

		if (*key == NULL) {
			*key = node;
			return;
		}
		node->key = *key;
		*key = NULL;
	}
	*(parent->last == NULL ? &parent->first : &parent->last->next) = node;
	parent->last = node;
}

/* NULL when refused; r->err says why. */
static struct yaml_node *node_add(struct reader *r, const yaml_event_t *event, enum yaml_kind kind)
{
	struct yaml_node *node;

	if (++r->n_nodes > YAML_NODES_MAX) {
		fail_at(r, &event->start_mark, "too many values");
		return NULL;
	}
	node = arena_new(r->arena, struct yaml_node);
	if (node == NULL) {
		no_memory(r);
		return NULL;
	}
	node->kind = kind;
	node->text = SLICE_EMPTY;
	node->line = event->start_mark.line + 1;
	node->column = event->start_mark.column + 1;
	attach(r, node);
	return node;
}

static enum err_code anchor_add(struct reader *r, const yaml_event_t *event,
				const yaml_char_t *name, struct yaml_node *node)
{
	struct anchor *a;

	if (name == NULL)
		return ERR_NONE;
	if (r->n_anchors == YAML_ANCHORS_MAX)
		return fail_at(r, &event->start_mark, "too many anchors");
	a = &r->anchors[r->n_anchors++];
	a->node = node;
	return arena_copy(r->arena, slice_of_yaml(name), &a->name) ? ERR_NONE : no_memory(r);
}

static enum err_code on_alias(struct reader *r, const yaml_event_t *event)
{
	struct slice name = slice_of_yaml(event->data.alias.anchor);
	struct yaml_node *node;

	for (size_t i = r->n_anchors; i-- > 0;) { /* the newest of that name */
		struct yaml_node *named = r->anchors[i].node;

		if (!slice_eq(r->anchors[i].name, name))
			continue;
		if (named->open)
			return err_setf(r->err, ERR_SYNTAX,
					"yaml: anchor '%.*s' value contains itself",
					SLICE_ARG(name));
		node = node_add(r, event, named->kind);
		if (node == NULL)
			return r->err->code;
		node->same = named;
		return ERR_NONE;
	}
	return err_setf(r->err, ERR_SYNTAX, "yaml: unknown anchor '%.*s' referenced",
			SLICE_ARG(name));
}

static bool is_null(struct slice text)
{
	return text.len == 0 || slice_eq(text, SLICE("~")) || slice_eq(text, SLICE("null")) ||
	       slice_eq(text, SLICE("Null")) || slice_eq(text, SLICE("NULL"));
}

static enum err_code on_scalar(struct reader *r, const yaml_event_t *event)
{
	struct slice text = {(const char *)event->data.scalar.value, event->data.scalar.length};
	bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	struct yaml_node *node =
		node_add(r, event, plain && is_null(text) ? YAML_NULL : YAML_SCALAR);

	if (node == NULL)
		return r->err->code;
	node->plain = plain;
	if (!arena_copy(r->arena, text, &node->text))
		return no_memory(r);
	return anchor_add(r, event, event->data.scalar.anchor, node);
}

static enum err_code collection_begin(struct reader *r, const yaml_event_t *event,
				      enum yaml_kind kind, const yaml_char_t *anchor)
{
	struct yaml_node *node;

	if (r->depth == YAML_DEPTH_MAX)
		return fail_at(r, &event->start_mark, "nested too deeply");
	node = node_add(r, event, kind);
	if (node == NULL)
		return r->err->code;
	node->open = true;
	r->keys[r->depth] = NULL;
	r->open[r->depth++] = node;
	return anchor_add(r, event, anchor, node);
}

static enum err_code on_event(struct reader *r, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return on_alias(r, event);
	case YAML_SCALAR_EVENT:
		return on_scalar(r, event);
	case YAML_SEQUENCE_START_EVENT:
		return collection_begin(r, event, YAML_SEQUENCE, event->data.sequence_start.anchor);
	case YAML_MAPPING_START_EVENT:
		return collection_begin(r, event, YAML_MAPPING, event->data.mapping_start.anchor);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		r->open[--r->depth]->open = false;
		return ERR_NONE;
	case YAML_DOCUMENT_END_EVENT:
	case YAML_STREAM_END_EVENT:
		r->done = true;
		return ERR_NONE;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_START_EVENT:
		return ERR_NONE;
	}
	not_reached();
}

static enum err_code read_events(struct reader *r)
{
	enum err_code code = ERR_NONE;

	while (code == ERR_NONE && !r->done) {
		yaml_event_t event;

		if (yaml_parser_parse(&r->parser, &event) == 0)
			return parser_failed(r);
		code = on_event(r, &event);
		yaml_event_delete(&event);
	}
	return code;
}

enum err_code yaml_read(struct slice text, struct arena *arena, struct yaml_node **ret,
			struct err *reterr)
{
	static const struct yaml_node nothing = {.kind = YAML_NULL, .line = 1, .column = 1};
	struct reader *r;
	enum err_code code;

	if (text.len > YAML_BYTES_MAX)
		return err_setf(reterr, ERR_TOO_BIG, "yaml: the file is over %d bytes",
				YAML_BYTES_MAX);
	r = arena_new(arena, struct reader);
	if (r == NULL)
		return err_set(reterr, ERR_NOMEM, SLICE("yaml: out of memory"));
	r->arena = arena;
	r->err = reterr;
	if (yaml_parser_initialize(&r->parser) == 0)
		return no_memory(r);
	yaml_parser_set_input_string(&r->parser, (const unsigned char *)text.ptr, text.len);
	code = read_events(r);
	yaml_parser_delete(&r->parser);
	if (code != ERR_NONE)
		return code;
	if (r->root == NULL) {
		r->root = arena_new(arena, struct yaml_node);
		if (r->root == NULL)
			return no_memory(r);
		*r->root = nothing;
	}
	*ret = r->root;
	return ERR_NONE;
}
