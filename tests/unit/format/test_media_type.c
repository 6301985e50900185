/* SPDX-License-Identifier: Apache-2.0
 *
 * Which Content-Type makes a body protobuf, each row was asked of the reference; and which
 * OpenMetrics. */
#include "format/media_type.h"

#include "../cm.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define TYPE "application/vnd.google.protobuf"
#define PROTO "proto=io.prometheus.client.MetricFamily"

/* A push is protobuf when its Content-Type says so with all three words, as the reference reads it.
 */
static void types_are_told_apart(void **state)
{
	static const struct {
		const char *type;
		bool protobuf;
	} rows[] = {
		{TYPE "; " PROTO "; encoding=delimited", true},
		{TYPE ";" PROTO ";encoding=delimited", true},
		{TYPE ";encoding=delimited;" PROTO, true},
		{TYPE "; " PROTO "; encoding=delimited; escaping=values; q=0.5", true},
		{TYPE "; proto=\"io.prometheus.client.MetricFamily\"; encoding=\"delimited\"",
		 true},
		{TYPE "; proto=\"io.prometheus.client\\.MetricFamily\"; encoding=delimited", false},
		{TYPE "; " PROTO "; encoding=delimited; x=\"a\\\"b;c\"", true},
		{"Application/VND.google.Protobuf; Proto=io.prometheus.client.MetricFamily; "
		 "ENCODING=delimited",
		 true},
		{" " TYPE " ; " PROTO " ; encoding = delimited ", true},
		{TYPE "; " PROTO "; encoding=delimited;", true},
		{TYPE "; " PROTO "; encoding=delimited; ", true},
		{TYPE "; " PROTO "; encoding=delimited; encoding=delimited", true},
		{TYPE "; " PROTO "; encoding=Delimited", false},
		{TYPE "; proto=io.prometheus.client.metricfamily; encoding=delimited", false},
		{TYPE "; " PROTO "; encoding=text", false},
		{TYPE "; " PROTO, false},
		{TYPE "; encoding=delimited", false},
		{TYPE, false},
		{TYPE "; " PROTO "; encoding=delimited; encoding=text", false},
		{TYPE "; " PROTO "; encoding=delimited;;", false},
		{TYPE "; " PROTO "; encoding=delimited x", false},
		{TYPE "; " PROTO "; encoding=delimited; x", false},
		{TYPE "; " PROTO "; encoding=delimited; =x", false},
		{TYPE "; " PROTO "; encoding=delimited; x=", false},
		{TYPE "; " PROTO "; encoding=delimited; x=\"a", false},
		{TYPE "; " PROTO ", encoding=delimited", false},
		{TYPE "x; " PROTO "; encoding=delimited", false},
		{"application; " PROTO "; encoding=delimited", false},
		{"text/plain", false},
		{"application/json", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		if (media_type_is_protobuf(slice_of(rows[i].type)) != rows[i].protobuf)
			fail_msg("%s", rows[i].type);
}

/* Without a version, or with one that is known. */
static void openmetrics_is_told_apart(void **state)
{
	static const struct {
		const char *type;
		bool openmetrics;
	} rows[] = {
		{"application/openmetrics-text; version=1.0.0; charset=utf-8", true},
		{"application/openmetrics-text; version=0.0.1", true},
		{"application/openmetrics-text", true},
		{"Application/OpenMetrics-Text;Version=\"1.0.0\";escaping=allow-utf-8;", true},
		{"application/openmetrics-text; version=2.0.0", false},
		{"application/openmetrics-text; version", false},
		{"application/openmetrics-text2", false},
		{"text/plain; version=1.0.0", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		if (media_type_is_openmetrics(slice_of(rows[i].type)) != rows[i].openmetrics)
			fail_msg("%s", rows[i].type);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_are_told_apart),
		cmocka_unit_test(openmetrics_is_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
