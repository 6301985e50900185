/* SPDX-License-Identifier: Apache-2.0 */
#include "http/gate.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "http/basic_auth.h"
#include "http/bearer.h"
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

static enum gate_verdict token_judge(struct slice token, struct gate_admission *admission)
{
	const struct http_token *owner = bearer_owner(admission->policy, token);

	if (owner == NULL)
		return GATE_LOGIN;
	admission->identity = &owner->who;
	return GATE_PASS;
}

static enum gate_verdict login_judge(struct http_gate *g, struct slice authorization,
				     struct arena *scratch, struct login_mailbox *box, void *asker,
				     struct gate_admission *admission)
{
	const struct http_policy *policy = admission->policy;
	const struct http_user *user;
	struct slice name, password;

	if (policy->n_users == 0 || !basic_auth_read(authorization, scratch, &name, &password))
		return GATE_LOGIN;
	user = http_policy_user(policy, name);
	admission->identity = user == NULL ? NULL : &user->who;
	switch (logins_ask(g->logins, policy, name, password, box, asker)) {
	case LOGIN_RIGHT:
		return GATE_PASS;
	case LOGIN_WRONG:
		return GATE_LOGIN;
	case LOGIN_LATER:
		return GATE_LATER;
	case LOGIN_BUSY:
		limit_exceeded(LIMIT_LOGINS);
		return GATE_BUSY;
	}
	not_reached();
}

enum gate_verdict gate_judge(struct http_gate *g, const struct http_request *r,
			     struct arena *scratch, struct login_mailbox *box, void *asker,
			     struct gate_admission *ret)
{
	struct err err = err_in(scratch);
	struct http_policy *policy;
	struct slice authorization, token;

	*ret = (struct gate_admission){0};
	arena_reset(scratch);
	if (g->source.current(g->source.state, &policy, &err) != ERR_NONE) {
		log_error(SLICE("Unable to parse configuration"), LOG_TEXT("err", err.msg));
		return GATE_BROKEN;
	}
	if (!rate_limit_allow(&g->rate_limit, clock_monotonic_ns())) {
		http_policy_release(policy);
		return GATE_LIMITED;
	}
	ret->policy = policy;
	if (!http_policy_asks(policy) || http_policy_is_open(policy, r))
		return GATE_PASS;
	if (!http_header_get(r, SLICE("Authorization"), &authorization))
		return GATE_LOGIN;
	if (bearer_read(authorization, &token))
		return token_judge(token, ret);
	return login_judge(g, authorization, scratch, box, asker, ret);
}

size_t gate_challenges(const struct http_policy *policy,
		       struct http_header ret[GATE_CHALLENGES_MAX])
{
	size_t n = 0;

	if (policy->n_users > 0)
		ret[n++] = (struct http_header){SLICE("Www-Authenticate"), SLICE("Basic")};
	if (policy->n_tokens > 0)
		ret[n++] = (struct http_header){SLICE("Www-Authenticate"), SLICE("Bearer")};
	return n;
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
	case GATE_FORBIDDEN:
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
	case GATE_FORBIDDEN:
		break;
	}
	not_reached();
}
