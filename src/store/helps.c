/* SPDX-License-Identifier: Apache-2.0 */
#include "store/helps.h"

#include "base/log.h"
#include "base/quote.h"

/* name:"m"  help:"text"  type:GAUGE, as the reference shows a family, without its metrics. */
static void put_family(struct buf *out, const struct store_family *f, enum metric_type type,
		       const struct help *help)
{
	buf_put(out, SLICE("name:"));
	quote_string(out, f->name);
	if (help != NULL) {
		buf_put(out, SLICE("  help:"));
		quote_string(out, help->text);
	}
	buf_put(out, SLICE("  type:"));
	buf_put(out, metric_type_name(type));
}

static void log_overlap(const struct store_family *f, enum metric_type type)
{
	struct buf family;

	buf_init(&family, LOG_VALUE_BYTES_MAX);
	put_family(&family, f, type, f->came);
	log_info(SLICE("metric families overlap"),
		 LOG_TEXT("err", SLICE("Metric family has the same name as a metric family used by "
				       "the Pushgateway itself but it has a different help string. "
				       "Changing it to the standard help string. This is bad. Fix "
				       "your pushed metrics!")),
		 LOG_TEXT("metric_family", buf_slice(&family)),
		 LOG_TEXT("standard_help", f->own->help));
	buf_free(&family);
}

static void log_inconsistent(const struct store_family *f, enum metric_type type,
			     const struct help *old_help)
{
	struct buf new, old;

	buf_init(&new, LOG_VALUE_BYTES_MAX);
	buf_init(&old, LOG_VALUE_BYTES_MAX);
	put_family(&new, f, type, f->came);
	put_family(&old, f, type, old_help);
	log_info(
		SLICE("metric families inconsistent help strings"),
		LOG_TEXT("err", SLICE("Metric families have inconsistent help strings. The latter "
				      "will have priority. This is bad. Fix your pushed metrics!")),
		LOG_TEXT("new", buf_slice(&new)), LOG_TEXT("old", buf_slice(&old)));
	buf_free(&new);
	buf_free(&old);
}

void helps_report(const struct store_family *f, enum metric_type type)
{
	if (!log_wants(LOG_INFO))
		return;
	if (f->own != NULL && f->own->help_imposed) {
		if (f->came == NULL || !slice_eq(f->came->text, f->own->help))
			log_overlap(f, type);
	} else if (f->n_groups > 1) {
		log_inconsistent(f, type, f->exposed_help);
	}
}
