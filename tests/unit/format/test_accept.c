/* SPDX-License-Identifier: Apache-2.0
 *
 * What an Accept value asks for; each row was asked of the reference, but for those that say
 * otherwise. */
#include "format/accept.h"

#include <stdio.h>

#include "../cm.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

struct row {
	struct slice accept;
	enum escaping escaping;
};

static void check(struct slice accept, enum escaping escaping)
{
	struct accept_choice choice = accept_choose(accept, false);

	if (choice.exposition != EXPOSITION_TEXT || choice.escaping != escaping)
		fail_msg("%.*s: %.*s", SLICE_ARG(accept), SLICE_ARG(accept_content_type(choice)));
}

static void check_all(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check(rows[i].accept, rows[i].escaping);
}

/* No header, nothing offered, q=0: text all the same, with the escaping that was named last. */
static void what_is_not_offered_gets_text(void **state)
{
	static const struct row rows[] = {
		/* clang-format off */
	    {SLICE(""), ESCAPING_UNDERSCORES},
	    {SLICE("*/*"), ESCAPING_UNDERSCORES},
	    {SLICE("text/*"), ESCAPING_UNDERSCORES},
	    {SLICE("text/*;escaping=dots"), ESCAPING_DOTS},
	    {SLICE("application/openmetrics-text;escaping=values"), ESCAPING_VALUES},
	    {SLICE("a/b;escaping=dots,text/plain;version=1.0.0"), ESCAPING_DOTS},
	    {SLICE("text/plain;version=0.0.4;escaping=dots,a/b;escaping=values"), ESCAPING_DOTS},
	    {SLICE("text/plain;version=\"0.0.4\";escaping=dots,a/b;escaping=values"), ESCAPING_VALUES},
	    {SLICE("text/plain;version=;escaping=dots,a/b;escaping=values"), ESCAPING_DOTS},
	    {SLICE("text/plain; version= 0.0.4 ;escaping=dots,a/b;escaping=values"), ESCAPING_DOTS},
	    {SLICE("Text/plain;escaping=dots,a/b;escaping=values"), ESCAPING_VALUES},
	    {SLICE("text/plain;Version=1.0.0;escaping=dots,a/b;escaping=values"), ESCAPING_DOTS},
	    {SLICE("text/plain;charset=utf-8;escaping=dots,a/b;escaping=values"), ESCAPING_DOTS},
	    {SLICE("text/plain;version=1.0.0;escaping=allow-utf-8"), ESCAPING_ALLOW_UTF8},
		/* clang-format on */
	};

	(void)state;
	check_all(rows, N(rows));
}

/* By q, then a concrete type before `*`, a concrete subtype before `*`; what is equal stays as it
 * came. The walk ends at text. */
static void the_list_is_walked_in_order(void **state)
{
	static const struct row rows[] = {
		/* clang-format off */
	    {SLICE("text/plain;escaping=dots;q=0"), ESCAPING_DOTS},
	    {SLICE("text/plain;q=0;escaping=dots,text/html;escaping=values"), ESCAPING_DOTS},
	    {SLICE("*/*;q=0.9;escaping=dots, text/html;q=0.5;escaping=values"), ESCAPING_DOTS},
	    {SLICE("text/html;q=0.5;escaping=values,*/*;q=0.9;escaping=dots"), ESCAPING_VALUES},
	    {SLICE("text/*;q=0.9;escaping=dots, text/html;q=0.5;escaping=values"), ESCAPING_DOTS},
	    {SLICE("text/html;q=0.5;escaping=values,text/*;q=0.9;escaping=dots"), ESCAPING_VALUES},
	    {SLICE("a/b;escaping=dots,c/d"), ESCAPING_DOTS},
	    {SLICE("c/d,a/b;escaping=dots"), ESCAPING_DOTS},
	    {SLICE("a/b;escaping=dots;q=0.5,c/d;escaping=values;q=0.4"), ESCAPING_VALUES},
	    {SLICE("a/b;escaping=dots;q=0.4,c/d;escaping=values;q=0.5"), ESCAPING_DOTS},
	    {SLICE("text/plain,a/b;q=0.5;escaping=dots"), ESCAPING_UNDERSCORES},
	    {SLICE("text/plain;q=0.5,a/b;escaping=dots"), ESCAPING_DOTS},
	    {SLICE("a/b;escaping=dots;q=0.4, */*;q=0.5;escaping=values"), ESCAPING_DOTS},
	    {SLICE("a/b;escaping=dots;q,c/d;escaping=values;q=0.5"), ESCAPING_VALUES},
	    {SLICE("a/b;q=0.5;escaping=dots;q=0.3,c/d;escaping=values;q=0.4"), ESCAPING_DOTS},
	    {SLICE("text/plain;escaping=dots;q=0.1, text/html;escaping=values"), ESCAPING_DOTS},
	    {SLICE("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"), ESCAPING_ALLOW_UTF8},
	    {SLICE("a/b;escaping=dots, */*;escaping=values;q=0.3,c/*;escaping=underscores;q=0.4"), ESCAPING_VALUES},
		/* clang-format on */
	};

	(void)state;
	check_all(rows, N(rows));
}

/* Spaces around them are dropped, nothing else: no tabs, no quotes, no letter case. */
static void parameters_are_taken_by_the_letter(void **state)
{
	static const struct row rows[] = {
		/* clang-format off */
	    {SLICE("a/b; escaping = dots "), ESCAPING_DOTS},
	    {SLICE("a/b;\tescaping\t=\tdots\t"), ESCAPING_UNDERSCORES},
	    {SLICE("a/b;escaping=\"dots\""), ESCAPING_UNDERSCORES},
	    {SLICE("a/b;Escaping=dots"), ESCAPING_UNDERSCORES},
	    {SLICE("a/b;escaping=Dots"), ESCAPING_UNDERSCORES},
	    {SLICE("a/b;escaping=dots;escaping=nosuch"), ESCAPING_UNDERSCORES},
	    {SLICE("a/b;escaping=dots;escaping="), ESCAPING_DOTS},
	    {SLICE("a/b;escaping=dots;escaping"), ESCAPING_DOTS},
	    {SLICE("a/b;escaping=dots=x"), ESCAPING_UNDERSCORES},
	    {SLICE("a/b;escaping=dots="), ESCAPING_DOTS},
	    {SLICE("a/b;escaping=values;escaping=dots="), ESCAPING_DOTS},
	    {SLICE("a/b;escaping==dots"), ESCAPING_UNDERSCORES},
	    {SLICE("a/b;escaping=allow-utf-8"), ESCAPING_ALLOW_UTF8},
	    {SLICE("a/b;escaping=underscores"), ESCAPING_UNDERSCORES},
	    {SLICE("a/b;escaping=dots;escaping= ;x=y"), ESCAPING_UNDERSCORES},
		/* clang-format on */
	};

	(void)state;
	check_all(rows, N(rows));
}

/* A type has one slash, perhaps one behind; what has not is passed over with its parameters. */
static void what_is_no_type_is_passed_over(void **state)
{
	static const struct row rows[] = {
		/* clang-format off */
	    {SLICE("*;escaping=dots"), ESCAPING_DOTS},
	    {SLICE("text;escaping=dots"), ESCAPING_UNDERSCORES},
	    {SLICE("text/x/y;escaping=dots"), ESCAPING_UNDERSCORES},
	    {SLICE("text/x/;escaping=dots"), ESCAPING_DOTS},
	    {SLICE("text/;escaping=dots"), ESCAPING_UNDERSCORES},
	    {SLICE("/x;escaping=dots"), ESCAPING_DOTS},
	    {SLICE("/;escaping=dots"), ESCAPING_UNDERSCORES},
	    {SLICE("*/;escaping=dots"), ESCAPING_DOTS},
	    {SLICE("text / plain;escaping=dots,a/b;escaping=values"), ESCAPING_DOTS},
	    {SLICE(",,a/b;escaping=dots,"), ESCAPING_DOTS},
	    {SLICE("a/b;escaping=dots, ;x=y;escaping=values"), ESCAPING_DOTS},
		/* clang-format on */
	};

	(void)state;
	check_all(rows, N(rows));
}

enum than_half { SMALLER, NEITHER, GREATER };

/* q is a number as Go reads it; what is none is 0, and NaN is as good as anything. */
static void q_is_a_number(void **state)
{
	static const struct {
		struct slice q;
		enum than_half is;
	} rows[] = {
		/* clang-format off */
	    {SLICE("0.6"), GREATER},
	    {SLICE("0.5"), NEITHER},
	    {SLICE(" 0.6"), SMALLER},
	    {SLICE("0.6 "), GREATER},
	    {SLICE(".6"), GREATER},
	    {SLICE("6e-1"), GREATER},
	    {SLICE("+0.6"), GREATER},
	    {SLICE("-0.6"), SMALLER},
	    {SLICE("inf"), GREATER},
	    {SLICE("+Inf"), GREATER},
	    {SLICE("-inf"), SMALLER},
	    {SLICE("nan"), NEITHER},
	    {SLICE("infinity"), GREATER},
	    {SLICE("1e50"), GREATER},
	    {SLICE("-1e50"), SMALLER},
	    {SLICE("1e-50"), SMALLER},
	    {SLICE("0.50000000001"), NEITHER},
	    {SLICE("0.5000001"), GREATER},
	    {SLICE("0.49999999999"), NEITHER},
	    {SLICE(""), GREATER},
	    {SLICE("\"0.6\""), SMALLER},
	    {SLICE("abc"), SMALLER},
	    {SLICE("0.6x"), SMALLER},
	    {SLICE("1e"), SMALLER},
	    {SLICE("1."), GREATER},
	    {SLICE("00.6"), GREATER},
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char text[200];

		(void)snprintf(text, sizeof(text),
			       "a/b;escaping=dots;q=%.*s,c/d;escaping=values;q=0.5",
			       SLICE_ARG(rows[i].q));
		check(slice_of(text), rows[i].is == SMALLER ? ESCAPING_DOTS : ESCAPING_VALUES);
		(void)snprintf(text, sizeof(text),
			       "c/d;escaping=values;q=0.5,a/b;escaping=dots;q=%.*s",
			       SLICE_ARG(rows[i].q));
		check(slice_of(text), rows[i].is == GREATER ? ESCAPING_VALUES : ESCAPING_DOTS);
	}
}

/* Protobuf is offered in three encodings, of one message; anything else of it is not. */
static void protobuf_is_offered(void **state)
{
#define PROTOBUF "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily"
	static const struct {
		struct slice accept;
		struct accept_choice choice;
	} rows[] = {
		/* clang-format off */
	    {SLICE(PROTOBUF ";encoding=delimited"), {EXPOSITION_DELIMITED, ESCAPING_UNDERSCORES}},
	    {SLICE("*/*, " PROTOBUF ";encoding=delimited"), {EXPOSITION_DELIMITED, ESCAPING_UNDERSCORES}},
	    {SLICE("text/plain, " PROTOBUF ";encoding=delimited;escaping=dots"), {EXPOSITION_TEXT, ESCAPING_UNDERSCORES}},
	    {SLICE(PROTOBUF ";encoding=delimited;escaping=dots;q=0.5, */*;q=0.9"), {EXPOSITION_DELIMITED, ESCAPING_DOTS}},
	    {SLICE(PROTOBUF ";encoding=text;escaping=dots"), {EXPOSITION_PROTO_TEXT, ESCAPING_DOTS}},
	    {SLICE(PROTOBUF ";encoding=compact-text;escaping=values, text/plain"), {EXPOSITION_COMPACT, ESCAPING_VALUES}},
	    {SLICE(PROTOBUF ";encoding=delimited;q=0.1, text/plain;q=0.2"), {EXPOSITION_TEXT, ESCAPING_UNDERSCORES}},
	    {SLICE("application/vnd.google.protobuf;encoding= delimited ; proto= io.prometheus.client.MetricFamily"), {EXPOSITION_DELIMITED, ESCAPING_UNDERSCORES}},
	    {SLICE(PROTOBUF ";encoding=nosuch;escaping=dots"), {EXPOSITION_TEXT, ESCAPING_DOTS}},
	    {SLICE(PROTOBUF ";encoding=Delimited"), {EXPOSITION_TEXT, ESCAPING_UNDERSCORES}},
	    {SLICE(PROTOBUF), {EXPOSITION_TEXT, ESCAPING_UNDERSCORES}},
	    {SLICE("application/vnd.google.protobuf;encoding=delimited"), {EXPOSITION_TEXT, ESCAPING_UNDERSCORES}},
	    {SLICE("application/vnd.google.protobuf;proto=\"io.prometheus.client.MetricFamily\";encoding=delimited"), {EXPOSITION_TEXT, ESCAPING_UNDERSCORES}},
	    {SLICE("Application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"), {EXPOSITION_TEXT, ESCAPING_UNDERSCORES}},
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct accept_choice choice = accept_choose(rows[i].accept, false);

		if (choice.exposition != rows[i].choice.exposition ||
		    choice.escaping != rows[i].choice.escaping)
			fail_msg("%.*s: %.*s", SLICE_ARG(rows[i].accept),
				 SLICE_ARG(accept_content_type(choice)));
	}
}

/* With the flag, as client_golang's NegotiateIncludingOpenMetrics: no version is the older one, and
 * an unknown one is not offered. Without the flag it is as if it had never been named. */
static void openmetrics_is_offered_on_demand(void **state)
{
#define OPENMETRICS "application/openmetrics-text"
	static const struct {
		struct slice accept;
		struct accept_choice with, without;
	} rows[] = {
		/* clang-format off */
	    {SLICE(OPENMETRICS ";version=1.0.0"), {EXPOSITION_OPENMETRICS_1_0_0, ESCAPING_UNDERSCORES}, {EXPOSITION_TEXT, ESCAPING_UNDERSCORES}},
	    {SLICE(OPENMETRICS ";version=0.0.1;escaping=dots"), {EXPOSITION_OPENMETRICS_0_0_1, ESCAPING_DOTS}, {EXPOSITION_TEXT, ESCAPING_DOTS}},
	    {SLICE(OPENMETRICS), {EXPOSITION_OPENMETRICS_0_0_1, ESCAPING_UNDERSCORES}, {EXPOSITION_TEXT, ESCAPING_UNDERSCORES}},
	    {SLICE(OPENMETRICS ";version=2.0.0;escaping=values"), {EXPOSITION_TEXT, ESCAPING_VALUES}, {EXPOSITION_TEXT, ESCAPING_VALUES}},
	    {SLICE(OPENMETRICS ";version=\"1.0.0\""), {EXPOSITION_TEXT, ESCAPING_UNDERSCORES}, {EXPOSITION_TEXT, ESCAPING_UNDERSCORES}},
	    {SLICE("application/*, */*"), {EXPOSITION_TEXT, ESCAPING_UNDERSCORES}, {EXPOSITION_TEXT, ESCAPING_UNDERSCORES}},
	    {SLICE("text/plain, " OPENMETRICS ";version=1.0.0"), {EXPOSITION_TEXT, ESCAPING_UNDERSCORES}, {EXPOSITION_TEXT, ESCAPING_UNDERSCORES}},
	    {SLICE(OPENMETRICS ";version=1.0.0;q=0.1;escaping=dots, text/plain;q=0.2"), {EXPOSITION_TEXT, ESCAPING_UNDERSCORES}, {EXPOSITION_TEXT, ESCAPING_UNDERSCORES}},
	    {SLICE(OPENMETRICS ";version=1.0.0;escaping=allow-utf-8;q=0.5," OPENMETRICS ";version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"), {EXPOSITION_OPENMETRICS_1_0_0, ESCAPING_ALLOW_UTF8}, {EXPOSITION_TEXT, ESCAPING_ALLOW_UTF8}},
	    {SLICE(PROTOBUF ";encoding=delimited;q=0.6," OPENMETRICS ";version=1.0.0;q=0.5"), {EXPOSITION_DELIMITED, ESCAPING_UNDERSCORES}, {EXPOSITION_DELIMITED, ESCAPING_UNDERSCORES}},
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct accept_choice with = accept_choose(rows[i].accept, true);
		struct accept_choice without = accept_choose(rows[i].accept, false);

		if (with.exposition != rows[i].with.exposition ||
		    with.escaping != rows[i].with.escaping ||
		    without.exposition != rows[i].without.exposition ||
		    without.escaping != rows[i].without.escaping)
			fail_msg("%.*s: %.*s or %.*s", SLICE_ARG(rows[i].accept),
				 SLICE_ARG(accept_content_type(with)),
				 SLICE_ARG(accept_content_type(without)));
	}
}

/* Entries beyond the limit are not looked at (the reference has none). */
static void entries_are_bounded(void **state)
{
	char text[ACCEPT_ENTRIES_MAX * 4 + 40];
	int at = 0;

	(void)state;
	for (int i = 0; i < ACCEPT_ENTRIES_MAX - 1; i++)
		at += snprintf(text + at, sizeof(text) - (size_t)at, "a/b,");
	(void)snprintf(text + at, sizeof(text) - (size_t)at, "c/d;escaping=dots");
	check(slice_of(text), ESCAPING_DOTS);
	(void)snprintf(text + at, sizeof(text) - (size_t)at, "a/b,c/d;escaping=dots");
	check(slice_of(text), ESCAPING_UNDERSCORES);
}

/* The type of the answer names the encoding and the escaping, also where none was asked for. */
static void types_name_the_escaping(void **state)
{
	static const char *const types[EXPOSITIONS] = {
		[EXPOSITION_TEXT] = "text/plain; version=0.0.4; charset=utf-8",
		[EXPOSITION_DELIMITED] =
			"application/vnd.google.protobuf; "
			"proto=io.prometheus.client.MetricFamily; encoding=delimited",
		[EXPOSITION_PROTO_TEXT] = "application/vnd.google.protobuf; "
					  "proto=io.prometheus.client.MetricFamily; encoding=text",
		[EXPOSITION_COMPACT] =
			"application/vnd.google.protobuf; "
			"proto=io.prometheus.client.MetricFamily; encoding=compact-text",
		[EXPOSITION_OPENMETRICS_1_0_0] =
			"application/openmetrics-text; version=1.0.0; charset=utf-8",
		[EXPOSITION_OPENMETRICS_0_0_1] =
			"application/openmetrics-text; version=0.0.1; charset=utf-8",
	};
	static const char *const words[ESCAPINGS] = {
		[ESCAPING_UNDERSCORES] = "underscores",
		[ESCAPING_DOTS] = "dots",
		[ESCAPING_VALUES] = "values",
		[ESCAPING_ALLOW_UTF8] = "allow-utf-8",
	};

	(void)state;
	for (int exposition = 0; exposition < EXPOSITIONS; exposition++)
		for (int escaping = 0; escaping < ESCAPINGS; escaping++) {
			struct accept_choice choice = {(enum exposition)exposition,
						       (enum escaping)escaping};
			char want[200];

			(void)snprintf(want, sizeof(want), "%s; escaping=%s", types[exposition],
				       words[escaping]);
			assert_text(accept_content_type(choice), slice_of(want));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_offered_gets_text),
		cmocka_unit_test(the_list_is_walked_in_order),
		cmocka_unit_test(parameters_are_taken_by_the_letter),
		cmocka_unit_test(what_is_no_type_is_passed_over),
		cmocka_unit_test(q_is_a_number),
		cmocka_unit_test(protobuf_is_offered),
		cmocka_unit_test(openmetrics_is_offered_on_demand),
		cmocka_unit_test(entries_are_bounded),
		cmocka_unit_test(types_name_the_escaping),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
