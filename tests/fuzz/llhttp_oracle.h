/* SPDX-License-Identifier: Apache-2.0
 *
 * llhttp_oracle.h -- what llhttp, Node's parser, strict, reads in the same bytes. Its names are not
 * ours, so nothing of it is seen here. */
#pragma once

#include "base/buf.h"

enum oracle_end {
	ORACLE_OPEN,       /* all was read */
	ORACLE_INCOMPLETE, /* the last request is not whole */
	ORACLE_REFUSED,
	ORACLE_LEFT, /* an upgrade or a CONNECT: what follows is no HTTP */
};

enum { ORACLE_REQUESTS_MAX = 64 };

/* Requests as "METHOD TARGET\nNAME: VALUE\n...\nBODY" each, values without blanks around them. */
struct oracle_reading {
	struct buf requests[ORACLE_REQUESTS_MAX];
	size_t n; /* complete ones */
	enum oracle_end end;
	const char *reason; /* of a refusal */
};

void oracle_read(struct slice bytes, struct oracle_reading *ret);
void oracle_free(struct oracle_reading *r);
