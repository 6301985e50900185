/* SPDX-License-Identifier: Apache-2.0
 *
 * thread.h -- threads beside the main one, which alone waits for signals. Any thread. */
#pragma once

#include <pthread.h>

#include "base/must.h"

/* Starts a thread that runs `run` with all signals blocked; who starts it joins it. False when the
 * system has no more threads. */
must_check bool thread_start(pthread_t *ret, void *(*run)(void *), void *arg);
