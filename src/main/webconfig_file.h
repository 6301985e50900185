/* SPDX-License-Identifier: Apache-2.0
 *
 * webconfig_file.h -- the policy of the file of --web.config.file, as it stands.
 *
 * The reference reads the file for each request and each handshake; so does this, but for the
 * reading: while stat says that the file is the one that was read, what was read stands. A file
 * that is broken is no policy at all, until it is whole again. */
#pragma once

#include "http/policy.h"

struct webconfig_file;

/* Main thread. NULL: out of memory. */
struct webconfig_file *webconfig_file_new(struct slice path);
struct webconfig_file *webconfig_file_free(struct webconfig_file *f); /* takes NULL, returns NULL */

/* Any thread. */
struct http_policy_source webconfig_file_source(struct webconfig_file *f);
void webconfig_file_forget(
	struct webconfig_file *f); /* the next request reads it, whatever stat says */
