/* SPDX-License-Identifier: Apache-2.0 */
#include "base/thread.h"

#include <signal.h>

/* A new thread has the mask of the one that makes it, from its first instruction on. */
bool thread_start(pthread_t *ret, void *(*run)(void *), void *arg)
{
	sigset_t all, before;
	int failure;

	must_ok(sigfillset(&all));
	must_ok(pthread_sigmask(SIG_SETMASK, &all, &before));
	failure = pthread_create(ret, NULL, run, arg);
	must_ok(pthread_sigmask(SIG_SETMASK, &before, NULL));
	return failure == 0;
}
