/* SPDX-License-Identifier: Apache-2.0
 *
 * Besides what gob.h checks: each message must be protobuf and of the name that it is kept by, and
 * each of its metrics must have the labels of its group, which the reference gives to all of them
 * before it keeps them. */
#include "store/gob_import.h"

#include <inttypes.h>

#include "base/quote.h"
#include "format/canon.h"
#include "format/protobuf_parse.h"

enum { SENTENCE_BYTES_MAX = 1 << 20 };

struct import {
	const struct gob_importer *importer;
	struct gob_counts counts;
	struct arena arena; /* one group */
	struct err *err;

	/* the group at hand */
	const struct gob_group *group;
	struct family_list list;
	struct kept_time push, failure;
};

/* ---- sentences ---- */

static void put_group(struct buf *out, const struct gob_group *group)
{
	buf_put(out, SLICE("group {"));
	for (uint32_t i = 0; i < group->n_labels; i++) {
		buf_put(out, i > 0 ? SLICE(",") : SLICE_EMPTY);
		buf_put(out, group->labels[i].name);
		buf_put_byte(out, '=');
		quote_string(out, group->labels[i].value);
	}
	buf_put_byte(out, '}');
}

/* `metric family "x" of group {job="y"}: WHY`. */
static void put_family(struct buf *out, const struct import *im, struct slice name,
		       struct slice why)
{
	buf_init(out, SENTENCE_BYTES_MAX);
	buf_put(out, SLICE("metric family "));
	quote_string(out, name);
	buf_put(out, SLICE(" of "));
	put_group(out, im->group);
	buf_put(out, SLICE(": "));
	buf_put(out, why);
}

static bool refuse(struct import *im, struct slice name, struct slice why)
{
	struct buf text;

	put_family(&text, im, name, why);
	(void)err_setf(im->err, ERR_SYNTAX, "the file is damaged: %.*s",
		       SLICE_ARG(buf_slice(&text)));
	buf_free(&text);
	return false;
}

static bool refuse_memory(struct import *im)
{
	(void)err_set(im->err, ERR_NOMEM, SLICE("out of memory"));
	return false;
}

static void warn(struct import *im, struct slice name, struct slice why)
{
	struct buf text;

	put_family(&text, im, name, why);
	im->importer->warn(im->importer->context, buf_slice(&text));
	buf_free(&text);
}

static bool leave_out(struct import *im, struct slice name, struct slice why)
{
	struct buf text;

	im->counts.families_left_out++;
	buf_init(&text, SENTENCE_BYTES_MAX);
	buf_put(&text, SLICE("left out: "));
	buf_put(&text, why);
	warn(im, name, buf_slice(&text));
	buf_free(&text);
	return true;
}

/* ---- families ---- */

static bool has_label(const struct metric *m, struct slice name, const struct slice *value)
{
	for (uint32_t i = 0; i < m->n_labels; i++)
		if (slice_eq(m->labels[i].name, name) &&
		    (value == NULL || slice_eq(m->labels[i].value, *value)))
			return true;
	return false;
}

/* The group's labels with their values, and an instance. */
static bool has_labels_of(const struct metric *m, const struct gob_group *group)
{
	for (uint32_t i = 0; i < group->n_labels; i++)
		if (!has_label(m, group->labels[i].name, &group->labels[i].value))
			return false;
	return has_label(m, SLICE("instance"), NULL);
}

/* What the reference makes of them: lastPushSuccess asks the first metric for its gauge. */
static void take_time(struct import *im, const struct gob_family *from, const struct family *family,
		      struct kept_time *ret)
{
	ret->set_ns = from->pushed_ns;
	if (family->type == METRIC_GAUGE && family->n_metrics == 1)
		ret->seconds = family->first->value;
	else
		warn(im, from->name,
		     SLICE("somebody pushed what the gateway keeps there; the time is lost"));
}

static void take_family(struct import *im, struct family *family)
{
	family->next = NULL;
	*im->list.tail = family;
	im->list.tail = &family->next;
	im->list.n_families++;
	im->list.n_metrics += family->n_metrics;
}

/* A message that was parsed. */
static bool add_family(struct import *im, const struct gob_family *from,
		       const struct family_list *parsed)
{
	struct family *family = parsed->first;

	if (family == NULL)
		return from->name.len == 0 ||
		       refuse(im, from->name, SLICE("its message has no name"));
	if (!slice_eq(family->name, from->name))
		return refuse(im, from->name, SLICE("its message has another name"));
	for (const struct metric *m = family->first; m != NULL; m = m->next)
		if (!has_labels_of(m, im->group))
			return refuse(im, from->name, SLICE("a metric lacks the group's labels"));
	if (parsed->has_timestamps)
		return leave_out(im, from->name, SLICE("it has timestamps"));
	im->counts.families++;
	im->counts.series += family->n_metrics;
	if (slice_eq(family->name, PUSH_TIME_NAME))
		take_time(im, from, family, &im->push);
	else if (slice_eq(family->name, PUSH_FAILURE_TIME_NAME))
		take_time(im, from, family, &im->failure);
	else
		take_family(im, family);
	return true;
}

/* These are kept and never exposed; but a series whose tag was damaged looks like one of them, and
 * begins with the tag of a label. */
static bool is_odd(const struct wire_field *field)
{
	if (schema_known(&schema_family, field) == NULL)
		return true;
	return field->number == FAMILY_UNIT &&
	       memchr(field->bytes.ptr, '\n', field->bytes.len) != NULL;
}

static void warn_of_odd_message(struct import *im, const struct gob_family *from,
				enum canon_verdict form)
{
	struct wire w = wire_start(from->message);
	struct wire_field field;

	if (form == CANON_OTHER)
		warn(im, from->name, SLICE("its message is not as the reference writes it"));
	while (wire_next(&w, &field))
		if (is_odd(&field)) {
			warn(im, from->name, SLICE("it has a field that nothing is known of"));
			return;
		}
}

static bool read_family(struct import *im, const struct gob_family *from)
{
	static const struct push_limits no_limits;
	struct err err = err_in(&im->arena);
	struct family_list parsed;
	enum canon_verdict form;
	uint64_t n = 0;

	if (from->message.len == 0)
		return leave_out(im, from->name, SLICE("it has no message"));
	form = canon_judge(&schema_family, from->message, &n);
	if (form == CANON_BAD)
		return refuse(im, from->name, SLICE("its message is not protobuf"));
	warn_of_odd_message(im, from, form);
	switch (protobuf_parse_family(from->message, &no_limits, &im->arena, &parsed, &err)) {
	case ERR_NONE:
		return add_family(im, from, &parsed);
	case ERR_SYNTAX:
		return leave_out(im, from->name, err.msg);
	default:
		return refuse_memory(im);
	}
}

/* ---- groups ---- */

/* Both in the order of their names; those that were left out are not in the change. */
static void set_times(struct change *c, const struct gob_group *group)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < c->n_families; i++) {
		while (!slice_eq(group->families[at].name, c->families[i].name)) {
			at++;
			assert(at < group->n_families);
		}
		c->families[i].block->pushed_ns = group->families[at].pushed_ns;
	}
}

static bool restore_group(struct import *im)
{
	struct stamp *stamp = stamp_new(im->group->labels, im->group->n_labels);
	struct change *c;

	if (stamp == NULL)
		return refuse_memory(im);
	c = change_new_restore(stamp, &im->list, &im->arena);
	if (c == NULL)
		return refuse_memory(im);
	set_times(c, im->group);
	c->kept_push = im->push;
	c->kept_failure = im->failure;
	im->counts.groups++;
	return im->importer->restore(im->importer->context, c, im->err);
}

static bool read_group(void *context, const struct gob_group *group, struct err *reterr)
{
	struct import *im = context;

	assert(im->err == reterr);
	arena_reset(&im->arena);
	im->group = group;
	im->push = im->failure = (struct kept_time){0, 0};
	family_list_init(&im->list);
	for (uint32_t i = 0; i < group->n_families; i++)
		if (!read_family(im, &group->families[i]))
			return false;
	return restore_group(im);
}

enum err_code gob_import(struct slice file, const struct gob_importer *importer,
			 struct gob_counts *ret, struct err *reterr)
{
	struct import im = {.importer = importer, .err = reterr};
	enum err_code code;

	arena_init(&im.arena, SIZE_MAX / 2);
	code = gob_read(file, read_group, &im, reterr);
	arena_free(&im.arena);
	if (code == ERR_NONE)
		*ret = im.counts;
	return code;
}
