/* SPDX-License-Identifier: Apache-2.0 */
#include "http/server.h"

#include <unistd.h>

#include "base/clock.h"
#include "http/listener.h"
#include "http/tls.h"
#include "http/worker.h"

/* Owned by the main thread, but for what is shared. */
struct http_server {
	struct listener *listeners;
	size_t n_listeners;
	struct http_worker *workers;
	uint32_t n_workers;
	uint32_t n_inited; /* of the workers */
	bool started;
	struct http_gate *gate;    /* or NULL */
	struct tls_server *tls;    /* or NULL */
	struct http_shared shared; /* all workers' */
};

static bool workers_init(struct http_server *s, const struct http_server_options *o)
{
	int *fds = malloc(s->n_listeners * sizeof(*fds));

	if (fds == NULL)
		return false;
	for (uint32_t i = 0; i < s->n_workers; i++) {
		bool ok;

		for (size_t k = 0; k < s->n_listeners; k++)
			fds[k] = s->listeners[k].fds[i];
		ok = worker_init(&s->workers[i], o, &s->shared, fds, s->n_listeners);
		s->n_inited++; /* to be destroyed also when half made */
		if (!ok) {
			free(fds);
			return false;
		}
	}
	free(fds);
	return true;
}

/* Sockets are taken, opened or not. */
static enum err_code listeners_open(struct http_server *s, const struct http_server_options *o,
				    struct err *reterr)
{
	enum err_code code = ERR_NONE;
	size_t i = 0;

	for (; i < o->n_sockets && code == ERR_NONE; i++) {
		code = listener_adopt(&s->listeners[i], o->sockets[i], o->n_workers, reterr);
		s->n_listeners += code == ERR_NONE;
	}
	for (; i < o->n_sockets; i++)
		close(o->sockets[i]);
	for (i = 0; i < o->n_addresses && o->n_sockets == 0 && code == ERR_NONE; i++) {
		code = listener_open(&s->listeners[i], o->addresses[i], o->n_workers, reterr);
		s->n_listeners += code == ERR_NONE;
	}
	return code;
}

static enum err_code server_fill(struct http_server *s, const struct http_server_options *o,
				 struct err *reterr)
{
	enum err_code code;

	s->listeners = calloc(o->n_addresses + o->n_sockets, sizeof(*s->listeners));
	s->workers = calloc(o->n_workers, sizeof(*s->workers));
	if (s->listeners == NULL || s->workers == NULL)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	s->n_workers = o->n_workers;
	code = listeners_open(s, o, reterr);
	if (code != ERR_NONE)
		return code;
	if (!workers_init(s, o))
		return err_set(reterr, ERR_NOMEM, SLICE("no memory or descriptors for workers"));
	return ERR_NONE;
}

enum err_code http_server_open(const struct http_server_options *options, struct http_server **ret,
			       struct err *reterr)
{
	struct http_server *s;
	enum err_code code;

	assert(options->n_addresses + options->n_sockets > 0 && options->n_workers > 0);
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	code = server_fill(s, options, reterr);
	if (code != ERR_NONE)
		http_server_free(s);
	else
		*ret = s;
	return code;
}

size_t http_server_n_listeners(const struct http_server *s)
{
	return s->n_listeners;
}

struct slice http_server_address(const struct http_server *s, size_t i)
{
	assert(i < s->n_listeners);
	return slice_of(s->listeners[i].name);
}

enum err_code http_server_secure(struct http_server *s, const struct http_security *security,
				 struct err *reterr)
{
	struct http_policy *policy;
	struct gate_options options = {
		.source = security->source,
		.logins_waiting_max = security->logins_waiting_max,
	};
	bool tls, http2;
	enum err_code code = options.source.current(options.source.state, &policy, reterr);

	assert(!s->started && s->gate == NULL && s->tls == NULL);
	if (code != ERR_NONE)
		return code;
	options.rate_interval_ns = policy->rate_interval_ns;
	options.rate_burst = policy->rate_burst;
	tls = tls_settings_wanted(&policy->tls);
	http2 = policy->http2;
	http_policy_release(policy);
	s->gate = gate_new(&options);
	if (tls)
		s->tls = tls_server_new(security->source, http2);
	if (s->gate == NULL || (tls && s->tls == NULL))
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	for (uint32_t i = 0; i < s->n_workers; i++) {
		s->workers[i].gate = s->gate;
		s->workers[i].tls = s->tls;
	}
	return tls ? tls_server_check(s->tls, reterr) : ERR_NONE;
}

enum err_code http_server_start(struct http_server *s, struct err *reterr)
{
	assert(!s->started);
	s->started = true;
	if (s->gate != NULL && !gate_start(s->gate))
		return err_set(reterr, ERR_NOMEM, SLICE("no threads for passwords"));
	for (uint32_t i = 0; i < s->n_workers; i++) {
		if (!worker_start(&s->workers[i])) {
			http_server_stop(s, 0);
			return err_set(reterr, ERR_NOMEM, SLICE("a worker could not start"));
		}
	}
	return ERR_NONE;
}

void http_server_stop(struct http_server *s, uint32_t grace_ms)
{
	int64_t stop_at_ms = clock_monotonic_ms() + grace_ms;

	for (uint32_t i = 0; i < s->n_workers; i++)
		worker_stop(&s->workers[i], stop_at_ms);
	for (size_t i = 0; i < s->n_listeners; i++)
		listener_refuse(&s->listeners[i]);
	for (uint32_t i = 0; i < s->n_workers; i++)
		worker_join(&s->workers[i]);
	for (size_t i = 0; i < s->n_listeners; i++)
		listener_close(&s->listeners[i]);
}

struct http_server *http_server_free(struct http_server *s)
{
	if (s == NULL)
		return NULL;
	http_server_stop(s, 0);
	s->gate = gate_free(s->gate); /* its helpers mail to the workers */
	for (uint32_t i = 0; i < s->n_inited; i++)
		worker_destroy(&s->workers[i]);
	free(s->workers);
	s->tls = tls_server_free(s->tls);
	free(s->listeners);
	free(s);
	return NULL;
}
