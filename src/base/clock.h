/* SPDX-License-Identifier: Apache-2.0
 *
 * clock.h -- the two clocks. Only base/log, base/limits, http, main, the app, the keeper, its
 * ledger and tests call these; everywhere else time is a value that is passed in. Any thread. */
#pragma once

#include <stdint.h>

int64_t clock_unix_ns(void);      /* nanoseconds since 1970 UTC; may jump */
int64_t clock_monotonic_ms(void); /* never runs back; for deadlines */
int64_t clock_monotonic_ns(void); /* the same clock; for durations */
