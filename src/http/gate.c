/* SPDX-License-Identifier: Apache-2.0 */
#include "http/gate.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/basic_auth.h"
#include "http/rate_limit.h"

struct http_gate {
	struct http_policy_source source;
	struct rate_limit rate_limit;
	struct logins *logins;
};

struct http_gate *gate_new(const struct gate_options *options)
{
	struct http_gate *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return NULL;
	g->source = options->source;
	rate_limit_init(&g->rate_limit, options->rate_interval_ns, options->rate_burst,
			clock_monotonic_ns());
	g->logins = logins_new(options->logins_waiting_max);
	return g->logins == NULL ? gate_free(g) : g;
}

bool gate_start(struct http_gate *g)
{
	return logins_start(g->logins);
}

struct http_gate *gate_free(struct http_gate *g)
{
	if (g == NULL)
		return NULL;
	g->logins = logins_free(g->logins);
	rate_limit_destroy(&g->rate_limit);
	free(g);
	return NULL;
}

static enum gate_verdict login_judge(struct http_gate *g, const struct http_policy *policy,
				     const struct http_request *r, struct arena *scratch,
				     struct login_mailbox *box, void *asker)
{
	struct slice value, name, password;

	if (!http_header_get(r, SLICE("Authorization"), &value) ||
	    !basic_auth_read(value, scratch, &name, &password))
		return GATE_LOGIN;
	switch (logins_ask(g->logins, policy, name, password, box, asker)) {
	case LOGIN_RIGHT:
		return GATE_PASS;
	case LOGIN_WRONG:
		return GATE_LOGIN;
	case LOGIN_LATER:
		return GATE_LATER;
	case LOGIN_BUSY:
		return GATE_BUSY;
	}
	not_reached();
}

enum gate_verdict gate_judge(struct http_gate *g, const struct http_request *r,
			     struct arena *scratch, struct login_mailbox *box, void *asker,
			     struct http_policy **ret_policy)
{
	struct err err = err_in(scratch);
	struct http_policy *policy;

	*ret_policy = NULL;
	arena_reset(scratch);
	if (g->source.current(g->source.state, &policy, &err) != ERR_NONE) {
		log_error(SLICE("Unable to parse configuration"), LOG_TEXT("err", err.msg));
		return GATE_BROKEN;
	}
	if (!rate_limit_allow(&g->rate_limit, clock_monotonic_ns())) {
		http_policy_release(policy);
		return GATE_LIMITED;
	}
	*ret_policy = policy;
	return policy->n_users == 0 ? GATE_PASS : login_judge(g, policy, r, scratch, box, asker);
}

int gate_status(enum gate_verdict verdict)
{
	switch (verdict) {
	case GATE_BROKEN:
		return 500;
	case GATE_LIMITED:
		return 429;
	case GATE_LOGIN:
		return 401;
	case GATE_BUSY:
		return 503;
	case GATE_PASS:
	case GATE_LATER:
		break;
	}
	not_reached();
}

struct slice gate_sentence(enum gate_verdict verdict)
{
	switch (verdict) {
	case GATE_BROKEN:
		return SLICE("Internal Server Error");
	case GATE_LIMITED:
		return SLICE("Too Many Requests");
	case GATE_LOGIN:
		return SLICE("Unauthorized");
	case GATE_BUSY:
		return SLICE("too many passwords wait to be checked (--web.max-logins-waiting)");
	case GATE_PASS:
	case GATE_LATER:
		break;
	}
	not_reached();
}
