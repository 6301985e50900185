/* SPDX-License-Identifier: Apache-2.0
 *
 * webconfig.h -- the file of --web.config.file, from bytes to a policy.
 *
 * Pure; any thread. The schema is that of the Prometheus exporter toolkit, strictly: a key that is
 * unknown or there twice is an error, with the toolkit's sentence and the place. What the toolkit
 * finds out only when it uses a value (certificates, kinds of client authentication, password
 * hashes) is not judged here either. */
#pragma once

#include "http/policy.h"

/* `folder` is the file's own, for relative paths; empty or "." is the current one. */
must_check enum err_code webconfig_parse(struct slice text, struct slice folder,
					 struct http_policy **ret, struct err *reterr);
