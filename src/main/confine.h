/* SPDX-License-Identifier: Apache-2.0
 *
 * confine.h -- from the flags to the sandbox: what this gateway will still need, and a line in the
 * log that says how far it could be closed in. */
#pragma once

#include "http/policy.h"
#include "main/flags.h"
#include "main/sandbox.h"

/* Main thread, with all listeners and files of the start open and no thread but the log's, which is
 * stopped and started again. `policy`: that of the start, or NULL. `ret_state` is what the status
 * shows, in the arena: "seccomp, landlock 7". */
must_check enum err_code confine(const struct flags *flags, const struct http_policy *policy,
				 struct arena *arena, struct slice *ret_state, struct err *reterr);
