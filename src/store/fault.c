/* SPDX-License-Identifier: Apache-2.0
 *
 * The sentences are those of client_golang 1.23 (prometheus/registry.go: checkSuffixCollisions,
 * checkMetricConsistency; errors.go: MultiError) and of the reference's push handler. */
#include "store/fault.h"

#include <inttypes.h>

#include "format/debug_write.h"
#include "base/quote.h"

enum {
	TEXT_BYTES_MAX = 64 * 1024,
	FAULT_BYTES_MAX = 1024 * 1024, /* of one fault: a label value of 64 KiB, escaped */
};

#define BULLET SLICE("\n* ")

void faults_init(struct faults *f)
{
	f->n = f->n_written = 0;
	buf_init(&f->text, TEXT_BYTES_MAX + FAULT_BYTES_MAX);
}

void faults_free(struct faults *f)
{
	buf_free(&f->text);
}

void faults_write(const struct faults *f, struct buf *out)
{
	struct slice text = buf_slice(&f->text);

	if (f->n == 1 && f->n_written == 1) {
		buf_put(out, slice_skip(text, BULLET.len));
		return;
	}
	buf_putf(out, "%" PRIu32 " error(s) occurred:", f->n);
	buf_put(out, text);
	if (f->n_written < f->n)
		buf_putf(out, "\n* %" PRIu32 " more", f->n - f->n_written);
}

/* Counts a fault; NULL when there are enough of them to read already. */
static struct buf *fault_start(struct faults *f)
{
	f->n++;
	if (f->text.len > TEXT_BYTES_MAX)
		return NULL;
	f->n_written++;
	buf_put(&f->text, BULLET);
	return &f->text;
}

void fault_timestamps(struct faults *f)
{
	struct buf *out = fault_start(f);

	if (out != NULL)
		buf_put(out, SLICE("pushed metrics must not have timestamps"));
}

void fault_suffix(struct faults *f, struct slice name, enum metric_type previous_type,
		  struct slice previous)
{
	struct buf *out = fault_start(f);

	if (out == NULL)
		return;
	buf_put(out, SLICE("collected metric named "));
	quote_string(out, name);
	buf_put(out, SLICE(" collides with previously collected "));
	buf_put(out, previous_type == METRIC_SUMMARY ? SLICE("summary") : SLICE("histogram"));
	buf_put(out, SLICE(" named "));
	quote_string(out, previous);
}

void fault_suffixed(struct faults *f, struct slice name, struct slice previous, bool bucket)
{
	struct buf *out = fault_start(f);

	if (out == NULL)
		return;
	buf_put(out, bucket ? SLICE("collected histogram named ")
			    : SLICE("collected histogram or summary named "));
	quote_string(out, name);
	buf_put(out, SLICE(" collides with previously collected metric named "));
	quote_string(out, previous);
}

static struct buf *own_fault_start(struct faults *f, struct slice name)
{
	struct buf *out = fault_start(f);

	if (out == NULL)
		return NULL;
	buf_put(out, SLICE("gathered metric family "));
	buf_put(out, name);
	return out;
}

void fault_own_help(struct faults *f, struct slice name, struct slice help, struct slice should_be)
{
	struct buf *out = own_fault_start(f, name);

	if (out == NULL)
		return;
	buf_put(out, SLICE(" has help "));
	quote_string(out, help);
	buf_put(out, SLICE(" but should have "));
	quote_string(out, should_be);
}

void fault_own_type(struct faults *f, struct slice name, enum metric_type type,
		    enum metric_type should_be)
{
	struct buf *out = own_fault_start(f, name);

	if (out == NULL)
		return;
	buf_put(out, SLICE(" has type "));
	buf_put(out, metric_type_name(type));
	buf_put(out, SLICE(" but should have "));
	buf_put(out, metric_type_name(should_be));
}

static struct buf *metric_fault_start(struct faults *f, const struct faulty_metric *m)
{
	struct buf *out = fault_start(f);

	if (out == NULL)
		return NULL;
	buf_put(out, SLICE("collected metric "));
	quote_string(out, m->family);
	buf_put(out, SLICE(" { "));
	debug_write_metric(out, m->type, m->labels, m->n_labels, m->metric);
	buf_put(out, SLICE("}"));
	return out;
}

void fault_type(struct faults *f, const struct faulty_metric *m, enum metric_type should_be)
{
	struct buf *out = metric_fault_start(f, m);

	if (out == NULL)
		return;
	buf_put(out, SLICE(" is not a "));
	buf_put(out, metric_type_name(should_be));
}

void fault_label_repeated(struct faults *f, const struct faulty_metric *m, struct slice name)
{
	struct buf *out = metric_fault_start(f, m);

	if (out == NULL)
		return;
	buf_put(out, SLICE(" has two or more labels with the same name: "));
	buf_put(out, name);
}

void fault_label_name(struct faults *f, const struct faulty_metric *m, struct slice name)
{
	struct buf *out = metric_fault_start(f, m);

	if (out == NULL)
		return;
	buf_put(out, SLICE(" has a label with an invalid name: "));
	buf_put(out, name);
}

void fault_label_explicit(struct faults *f, const struct faulty_metric *m, struct slice name)
{
	struct buf *out = metric_fault_start(f, m);

	if (out == NULL)
		return;
	buf_put(out, SLICE(" must not have an explicit "));
	quote_string(out, name);
	buf_put(out, SLICE(" label"));
}

void fault_label_value(struct faults *f, const struct faulty_metric *m, const struct label *label)
{
	struct buf *out = metric_fault_start(f, m);

	if (out == NULL)
		return;
	buf_put(out, SLICE(" has a label named "));
	quote_string(out, label->name);
	buf_put(out, SLICE(" whose value is not utf8: "));
	quote_string(out, label->value);
}

void fault_series_twice(struct faults *f, const struct faulty_metric *m)
{
	struct buf *out = metric_fault_start(f, m);

	if (out != NULL)
		buf_put(out, SLICE(" was collected before with the same name and label values"));
}
