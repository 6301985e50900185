/* SPDX-License-Identifier: Apache-2.0
 *
 * logins.h -- is this user's password right? Answered from a cache, or later by a helper thread.
 *
 * bcrypt is slow on purpose, so no event loop waits for it. A worker asks; what the cache does not
 * know goes into a bounded queue, and the verdict comes by mail to the worker that asked. Unknown
 * users cost what known ones do. The cache holds keyed digests, never passwords; right and wrong
 * ones apart, so that guesses cannot push out who is known. */
#pragma once

#include <pthread.h>

#include "http/policy.h"

struct logins;
struct http_worker;

enum login_verdict { LOGIN_RIGHT, LOGIN_WRONG, LOGIN_LATER, LOGIN_BUSY /* the queue is full */ };

/* One worker's: verdicts that are ready. */
struct login_mailbox {
	struct http_worker *worker; /* to be woken */
	pthread_mutex_t mutex;
	struct login_job *first; /* under the mutex; the newest first */
};

void login_mailbox_init(struct login_mailbox *box, struct http_worker *w);
void login_mailbox_destroy(struct login_mailbox *box); /* frees what nobody took */

/* Main thread. NULL: out of memory. */
struct logins *logins_new(uint32_t waiting_max);
must_check bool logins_start(struct logins *l); /* its helpers; false: no threads */
/* Waits for the checks under way and drops the rest; the mailboxes must still be there. Takes NULL,
 * returns NULL. */
struct logins *logins_free(struct logins *l);

/* A worker. `asker` comes back with the verdict when that is LOGIN_LATER. */
enum login_verdict logins_ask(struct logins *l, const struct http_policy *policy, struct slice name,
			      struct slice password, struct login_mailbox *box, void *asker);

/* The next verdict, in no order; false when there is none. */
bool login_mailbox_take(struct login_mailbox *box, void **ret_asker, bool *ret_right);
