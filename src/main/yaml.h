/* SPDX-License-Identifier: Apache-2.0
 *
 * yaml.h -- one YAML document as a tree that knows where each of its nodes stands.
 *
 * Pure; any thread. libyaml reads the bytes; here is what it leaves open: how large and how deep,
 * and aliases, which point at the node they name and are not copied, so that no document is larger
 * than it looks. Only the first document is read. Everything returned lives in the arena. */
#pragma once

#include "base/err.h"

enum {
	YAML_BYTES_MAX = 1 << 20,
	YAML_DEPTH_MAX = 32,
	YAML_NODES_MAX = 20000,
	YAML_ANCHORS_MAX = 100,
};

enum yaml_kind { YAML_NULL, YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_node {
	enum yaml_kind kind;
	size_t line, column; /* from 1 */
	bool plain;          /* a scalar without quotes: `true` may be a boolean */
	bool open;           /* still being read, so an alias to it would have no end */
	struct slice text;   /* of a scalar */
	struct yaml_node *first, *last;
	struct yaml_node *next; /* in its sequence or mapping */
	struct yaml_node *key;  /* of a value in a mapping */
	struct yaml_node *same; /* what an alias stands for; see yaml_meant */
};

/* An empty document is a YAML_NULL. */
must_check enum err_code yaml_read(struct slice text, struct arena *arena, struct yaml_node **ret,
				   struct err *reterr);

/* The node itself, or what it is an alias for. */
const struct yaml_node *yaml_meant(const struct yaml_node *n);
