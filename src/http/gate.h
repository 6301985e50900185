/* SPDX-License-Identifier: Apache-2.0
 *
 * gate.h -- may this request be served, and whose is it? The order is the reference's: the policy
 * as it is now, the rate limit, then name and password, or a token. It holds for every path but
 * those that the policy leaves open. What its sender may do is for the app to judge.
 *
 * One gate for all workers. A worker's own half has its mailbox and scratch memory. */
#pragma once

#include "http/logins.h"

struct http_gate;

enum gate_verdict {
	GATE_PASS,
	GATE_LATER,   /* comes to the mailbox: GATE_PASS if right, else GATE_LOGIN */
	GATE_BROKEN,  /* there is no policy: 500 */
	GATE_LIMITED, /* 429 */
	GATE_LOGIN,   /* 401 */
	GATE_BUSY,    /* too many wait for their password to be checked: 503 */
	/* Not the gate's: the app will refuse it, so that its body need not be read. */
	GATE_FORBIDDEN,
};

struct gate_options {
	struct http_policy_source source;
	/* As the policy of the start has them; changes of these are for the next start. */
	int64_t rate_interval_ns, rate_burst;
	uint32_t logins_waiting_max;
};

/* Main thread. NULL: out of memory. */
struct http_gate *gate_new(const struct gate_options *options);
must_check bool gate_start(struct http_gate *g);  /* its helpers; false: no threads */
struct http_gate *gate_free(struct http_gate *g); /* as logins_free */

struct gate_admission {
	/* Held for the caller, or NULL: not for GATE_BROKEN and GATE_LIMITED, whose answers carry
	 * no configured headers. */
	struct http_policy *policy;
	/* Of GATE_PASS, and of GATE_LATER in case that the password is right: whose the request is.
	 * In the policy. NULL: nobody was asked. */
	const struct http_identity *identity;
};

/* A worker, when the head of a request is there. `scratch` is reset. */
enum gate_verdict gate_judge(struct http_gate *g, const struct http_request *r,
			     struct arena *scratch, struct login_mailbox *box, void *asker,
			     struct gate_admission *ret);

/* What a refused client reads. Not for GATE_PASS, GATE_LATER and GATE_FORBIDDEN. */
int gate_status(enum gate_verdict verdict);
struct slice gate_sentence(enum gate_verdict verdict);

enum { GATE_CHALLENGES_MAX = 2 };

/* The Www-Authenticate headers of GATE_LOGIN; returns how many. */
size_t gate_challenges(const struct http_policy *policy,
		       struct http_header ret[GATE_CHALLENGES_MAX]);
