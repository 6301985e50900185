/* SPDX-License-Identifier: Apache-2.0
 *
 * The definitions of types with which a file begins. The reference writes those of the types that
 * its map is made of, and, because a metric family is a struct that encodes itself, those of all
 * structs that client_model has for it, although nothing in the file is of these types. Ids are
 * given out in the order in which Go meets the types; those of the reference 1.11 are kept, so that
 * its file and ours begin alike. */
#include "store/gob.h"

/* The ids of Go's own types. */
enum { GOB_INT = 2, GOB_UINT = 3, GOB_FLOAT = 4, GOB_STRING = 6 };

/* The numbers of the kinds in gob's wireType. */
enum gob_kind { GOB_SLICE = 2, GOB_STRUCT = 3, GOB_MAP = 4, GOB_OPAQUE = 5 };

enum { FIELDS_MAX = 16, DEFINITION_BYTES_MAX = 1024 };

struct gob_definition {
	int id;
	enum gob_kind kind;
	const char *name;
	int own_id; /* what it calls itself, where that differs */
	int key, element;
	struct gob_field {
		const char *name;
		int type;
	} fields[FIELDS_MAX];
};

/* clang-format off */
static const struct gob_definition definitions[] = {
	{70, GOB_MAP, "GroupingKeyToMetricGroup", .key = GOB_STRING, .element = 64},
	{64, GOB_STRUCT, "", .fields = {{"Labels", 65}, {"Metrics", 69}}},
	{65, GOB_MAP, "map[string]string", .key = GOB_STRING, .element = GOB_STRING},
	{69, GOB_MAP, "NameToTimestampedMetricFamilyMap", .key = GOB_STRING, .element = 66},
	{66, GOB_STRUCT, "", .fields = {{"Timestamp", 67}, {"GobbableMetricFamily", 68}}},
	{67, GOB_OPAQUE, "Time", .own_id = 67},
	{68, GOB_OPAQUE, "", .own_id = 71},
	{91, GOB_SLICE, "", .element = 72},
	{72, GOB_STRUCT, "", .fields = {
		    {"Label", 74}, {"Gauge", 75}, {"Counter", 76}, {"Summary", 79},
		    {"Untyped", 82}, {"Histogram", 83}, {"TimestampMs", GOB_INT}}},
	{74, GOB_SLICE, "[]*io_prometheus_client.LabelPair", .element = 73},
	{73, GOB_STRUCT, "", .fields = {{"Name", GOB_STRING}, {"Value", GOB_STRING}}},
	{75, GOB_STRUCT, "Gauge", .fields = {{"Value", GOB_FLOAT}}},
	{76, GOB_STRUCT, "Counter", .fields = {
		    {"Value", GOB_FLOAT}, {"Exemplar", 77}, {"CreatedTimestamp", 78}}},
	{77, GOB_STRUCT, "Exemplar", .fields = {
		    {"Label", 74}, {"Value", GOB_FLOAT}, {"Timestamp", 78}}},
	{78, GOB_STRUCT, "Timestamp", .fields = {{"Seconds", GOB_INT}, {"Nanos", GOB_INT}}},
	{79, GOB_STRUCT, "Summary", .fields = {
		    {"SampleCount", GOB_UINT}, {"SampleSum", GOB_FLOAT}, {"Quantile", 81},
		    {"CreatedTimestamp", 78}}},
	{81, GOB_SLICE, "[]*io_prometheus_client.Quantile", .element = 80},
	{80, GOB_STRUCT, "", .fields = {{"Quantile", GOB_FLOAT}, {"Value", GOB_FLOAT}}},
	{82, GOB_STRUCT, "Untyped", .fields = {{"Value", GOB_FLOAT}}},
	{83, GOB_STRUCT, "Histogram", .fields = {
		    {"SampleCount", GOB_UINT}, {"SampleCountFloat", GOB_FLOAT},
		    {"SampleSum", GOB_FLOAT}, {"Bucket", 85}, {"CreatedTimestamp", 78},
		    {"Schema", GOB_INT}, {"ZeroThreshold", GOB_FLOAT}, {"ZeroCount", GOB_UINT},
		    {"ZeroCountFloat", GOB_FLOAT}, {"NegativeSpan", 87}, {"NegativeDelta", 88},
		    {"NegativeCount", 89}, {"PositiveSpan", 87}, {"PositiveDelta", 88},
		    {"PositiveCount", 89}, {"Exemplars", 90}}},
	{85, GOB_SLICE, "[]*io_prometheus_client.Bucket", .element = 84},
	{84, GOB_STRUCT, "", .fields = {
		    {"CumulativeCount", GOB_UINT}, {"CumulativeCountFloat", GOB_FLOAT},
		    {"UpperBound", GOB_FLOAT}, {"Exemplar", 77}}},
	{87, GOB_SLICE, "[]*io_prometheus_client.BucketSpan", .element = 86},
	{86, GOB_STRUCT, "", .fields = {{"Offset", GOB_INT}, {"Length", GOB_UINT}}},
	{88, GOB_SLICE, "[]int64", .element = GOB_INT},
	{89, GOB_SLICE, "[]float64", .element = GOB_FLOAT},
	{90, GOB_SLICE, "[]*io_prometheus_client.Exemplar", .element = 77},
};
/* clang-format on */

/* Name and id of a type or field: a struct of its own. */
static void put_common(struct buf *out, const char *name, int id)
{
	if (name[0] != '\0') {
		gob_put_uint(out, 1);
		gob_put_text(out, slice_of(name));
	}
	gob_put_uint(out, name[0] != '\0' ? 1 : 2);
	gob_put_int(out, id);
	gob_put_uint(out, 0);
}

static void put_fields(struct buf *out, const struct gob_definition *d)
{
	uint64_t n = 0;

	while (n < FIELDS_MAX && d->fields[n].name != NULL)
		n++;
	gob_put_uint(out, 1);
	gob_put_uint(out, n);
	for (uint64_t i = 0; i < n; i++)
		put_common(out, d->fields[i].name, d->fields[i].type);
}

static void put_definition(struct buf *out, const struct gob_definition *d)
{
	gob_put_int(out, -d->id);
	gob_put_uint(out, d->kind);
	gob_put_uint(out, 1);
	put_common(out, d->name, d->own_id != 0 ? d->own_id : d->id);
	if (d->kind == GOB_STRUCT)
		put_fields(out, d);
	if (d->kind == GOB_MAP) {
		gob_put_uint(out, 1);
		gob_put_int(out, d->key);
	}
	if (d->kind == GOB_MAP || d->kind == GOB_SLICE) {
		gob_put_uint(out, 1);
		gob_put_int(out, d->element);
	}
	gob_put_uint(out, 0); /* ends the kind's struct */
	gob_put_uint(out, 0); /* ends the wireType */
}

void gob_put_definitions(struct buf *out)
{
	struct buf message;

	buf_init(&message, DEFINITION_BYTES_MAX);
	for (size_t i = 0; i < sizeof(definitions) / sizeof(definitions[0]); i++) {
		buf_clear(&message);
		put_definition(&message, &definitions[i]);
		if (!buf_ok(&message))
			out->failed = true;
		gob_put_text(out, buf_slice(&message));
	}
	buf_free(&message);
}
