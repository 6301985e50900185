/* SPDX-License-Identifier: Apache-2.0 */
#include "http/logins.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/thread.h"
#include "http/password.h"

enum {
	N_HELPERS = 2,       /* the reference checks one after the other */
	CACHE_ENTRIES = 100, /* of each kind; as the reference */
	SECRET_BYTES = 32,
	COST_UNKNOWN = 10, /* for unknown users where no hash has a form */
};

struct digest {
	unsigned char bytes[SHA256_DIGEST_LENGTH];
};

struct login_job {
	struct login_job *next;
	struct login_mailbox *box;
	void *asker;
	struct digest digest;
	bool known; /* the user is; else the work is for nothing, but done */
	bool right;
	char hash[PASSWORD_HASH_BYTES];
	size_t hash_len;
	char password[PASSWORD_BYTES_MAX];
	size_t password_len;
};

struct cache {
	struct digest entries[CACHE_ENTRIES];
	size_t n;
};

struct logins {
	unsigned char secret[SECRET_BYTES]; /* never changes */
	uint32_t waiting_max;

	pthread_mutex_t mutex;
	pthread_cond_t more;
	/* under the mutex */
	struct login_job *first, **tail;
	uint32_t n_waiting;
	bool stopping;
	struct cache right, wrong;
	uint64_t lot; /* for evictions */

	/* the main thread's */
	pthread_t helpers[N_HELPERS];
	size_t n_helpers;
};

/* --- the cache, under the mutex ----------------------------------------------------------------
 */

static bool cache_has(const struct cache *c, const struct digest *d)
{
	for (size_t i = 0; i < c->n; i++)
		if (memcmp(&c->entries[i], d, sizeof(*d)) == 0) /* digests of a secret */
			return true;
	return false;
}

static void cache_add(struct cache *c, const struct digest *d, uint64_t *lot)
{
	if (cache_has(c, d))
		return;
	if (c->n < CACHE_ENTRIES) {
		c->entries[c->n++] = *d;
		return;
	}
	*lot = *lot * 6364136223846793005U + 1442695040888963407U;
	c->entries[(*lot >> 33) % CACHE_ENTRIES] = *d;
}

static bool cached(const struct logins *l, const struct digest *d, bool *ret_right)
{
	*ret_right = cache_has(&l->right, d);
	return *ret_right || cache_has(&l->wrong, d);
}

/* --- mail --------------------------------------------------------------------------------------
 */

static void job_free(struct login_job *job)
{
	OPENSSL_cleanse(job, sizeof(*job));
	free(job);
}

void login_mailbox_init(struct login_mailbox *box, struct http_worker *w)
{
	*box = (struct login_mailbox){.worker = w};
	must_ok(pthread_mutex_init(&box->mutex, NULL));
}

void login_mailbox_destroy(struct login_mailbox *box)
{
	void *asker;
	bool right;

	while (login_mailbox_take(box, &asker, &right))
		;
	must_ok(pthread_mutex_destroy(&box->mutex));
}

bool login_mailbox_take(struct login_mailbox *box, void **ret_asker, bool *ret_right)
{
	struct login_job *job;

	must_ok(pthread_mutex_lock(&box->mutex));
	job = box->first;
	if (job != NULL)
		box->first = job->next;
	must_ok(pthread_mutex_unlock(&box->mutex));
	if (job == NULL)
		return false;
	*ret_asker = job->asker;
	*ret_right = job->right;
	job_free(job);
	return true;
}

static void job_mail(struct login_job *job)
{
	struct login_mailbox *box = job->box;

	must_ok(pthread_mutex_lock(&box->mutex));
	job->next = box->first;
	box->first = job;
	must_ok(pthread_mutex_unlock(&box->mutex));
	http_worker_wake(box->worker);
}

/* --- the helpers -------------------------------------------------------------------------------
 */

/* Under the mutex, which is given up meanwhile. Many who wait for the same answer cost one check.
 */
static void job_decide(struct logins *l, struct login_job *job)
{
	bool matches;

	if (cached(l, &job->digest, &job->right))
		return;
	must_ok(pthread_mutex_unlock(&l->mutex));
	matches = password_matches((struct slice){job->password, job->password_len},
				   (struct slice){job->hash, job->hash_len});
	job->right = matches && job->known;
	must_ok(pthread_mutex_lock(&l->mutex));
	cache_add(job->right ? &l->right : &l->wrong, &job->digest, &l->lot);
}

static void *helper_main(void *arg)
{
	struct logins *l = arg;

	must_ok(pthread_mutex_lock(&l->mutex));
	for (;;) {
		struct login_job *job;

		while (l->first == NULL && !l->stopping)
			must_ok(pthread_cond_wait(&l->more, &l->mutex));
		if (l->stopping)
			break;
		job = l->first;
		l->first = job->next;
		if (l->first == NULL)
			l->tail = &l->first;
		l->n_waiting--;
		job_decide(l, job);
		must_ok(pthread_mutex_unlock(&l->mutex));
		job_mail(job);
		must_ok(pthread_mutex_lock(&l->mutex));
	}
	must_ok(pthread_mutex_unlock(&l->mutex));
	return NULL;
}

bool logins_start(struct logins *l)
{
	while (l->n_helpers < N_HELPERS && thread_start(&l->helpers[l->n_helpers], helper_main, l))
		l->n_helpers++;
	return l->n_helpers == N_HELPERS;
}

struct logins *logins_new(uint32_t waiting_max)
{
	struct logins *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->waiting_max = waiting_max;
	l->tail = &l->first;
	must_ok(getentropy(l->secret, sizeof(l->secret)));
	must_ok(getentropy(&l->lot, sizeof(l->lot)));
	must_ok(pthread_mutex_init(&l->mutex, NULL));
	must_ok(pthread_cond_init(&l->more, NULL));
	return l;
}

struct logins *logins_free(struct logins *l)
{
	if (l == NULL)
		return NULL;
	must_ok(pthread_mutex_lock(&l->mutex));
	l->stopping = true;
	must_ok(pthread_cond_broadcast(&l->more));
	must_ok(pthread_mutex_unlock(&l->mutex));
	for (size_t i = 0; i < l->n_helpers; i++)
		must_ok(pthread_join(l->helpers[i], NULL));
	while (l->first != NULL) {
		struct login_job *job = l->first;

		l->first = job->next;
		job_free(job);
	}
	must_ok(pthread_cond_destroy(&l->more));
	must_ok(pthread_mutex_destroy(&l->mutex));
	OPENSSL_cleanse(l, sizeof(*l));
	free(l);
	return NULL;
}

/* --- asking ------------------------------------------------------------------------------------
 */

static unsigned char *put(unsigned char *to, struct slice s)
{
	if (s.len > 0)
		memcpy(to, s.ptr, s.len);
	return to + s.len;
}

/* Of all three with their lengths, so that no two questions are the same bytes. */
static bool digest_make(const struct logins *l, struct slice name, struct slice hash,
			struct slice password, struct digest *ret)
{
	size_t lengths[2] = {name.len, hash.len};
	size_t len = SECRET_BYTES + sizeof(lengths) + name.len + hash.len + password.len;
	unsigned char small[512];
	unsigned char *text = len <= sizeof(small) ? small : malloc(len);
	unsigned char *end = text;

	if (text == NULL)
		return false;
	end = put(end, (struct slice){(const char *)l->secret, SECRET_BYTES});
	end = put(end, (struct slice){(const char *)lengths, sizeof(lengths)});
	end = put(end, name);
	end = put(end, hash);
	end = put(end, password);
	assert(end == text + len);
	(void)SHA256(text, len, ret->bytes);
	OPENSSL_cleanse(text, len);
	if (text != small)
		free(text);
	return true;
}

/* As much work as the most careful of the known users makes. */
static int cost_for_unknown(const struct http_policy *policy)
{
	int cost_max = 0;

	for (size_t i = 0; i < policy->n_users; i++) {
		int cost = password_hash_cost(policy->users[i].hash);

		if (cost > cost_max)
			cost_max = cost;
	}
	return cost_max == 0 ? COST_UNKNOWN : cost_max;
}

static struct login_job *job_new(const struct http_policy *policy, const struct http_user *user,
				 struct slice password)
{
	struct login_job *job = calloc(1, sizeof(*job));

	if (job == NULL)
		return NULL;
	job->known = user != NULL && password_hash_cost(user->hash) != 0;
	if (job->known) {
		job->hash_len =
			user->hash.len < PASSWORD_HASH_BYTES ? user->hash.len : PASSWORD_HASH_BYTES;
		memcpy(job->hash, user->hash.ptr, job->hash_len);
	} else {
		job->hash_len = PASSWORD_HASH_BYTES;
		password_hash_dummy(cost_for_unknown(policy), job->hash);
	}
	job->password_len = password.len < PASSWORD_BYTES_MAX ? password.len : PASSWORD_BYTES_MAX;
	(void)put((unsigned char *)job->password, (struct slice){password.ptr, job->password_len});
	return job;
}

/* False when the queue is full; the job stays the caller's then. */
static bool job_queue(struct logins *l, struct login_job *job)
{
	bool room;

	must_ok(pthread_mutex_lock(&l->mutex));
	room = l->n_waiting < l->waiting_max;
	if (room) {
		l->n_waiting++;
		*l->tail = job;
		l->tail = &job->next;
		must_ok(pthread_cond_signal(&l->more));
	}
	must_ok(pthread_mutex_unlock(&l->mutex));
	return room;
}

enum login_verdict logins_ask(struct logins *l, const struct http_policy *policy, struct slice name,
			      struct slice password, struct login_mailbox *box, void *asker)
{
	const struct http_user *user = http_policy_user(policy, name);
	struct digest digest;
	struct login_job *job;
	bool known, right;

	if (!digest_make(l, name, user == NULL ? SLICE_EMPTY : user->hash, password, &digest))
		return LOGIN_BUSY;
	must_ok(pthread_mutex_lock(&l->mutex));
	known = cached(l, &digest, &right);
	must_ok(pthread_mutex_unlock(&l->mutex));
	if (known)
		return right ? LOGIN_RIGHT : LOGIN_WRONG;
	job = job_new(policy, user, password);
	if (job == NULL)
		return LOGIN_BUSY;
	job->box = box;
	job->asker = asker;
	job->digest = digest;
	if (job_queue(l, job))
		return LOGIN_LATER;
	job_free(job);
	return LOGIN_BUSY;
}
