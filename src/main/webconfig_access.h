/* SPDX-License-Identifier: Apache-2.0
 *
 * webconfig_access.h -- the keys of a web config file that the reference does not have: tokens,
 * open paths, and who may do what. Private to webconfig*.c. */
#pragma once

#include "main/webconfig_read.h"

webconfig_read_fn webconfig_tokens;
webconfig_read_fn webconfig_open_paths;
webconfig_read_fn webconfig_roles;
webconfig_read_fn webconfig_push_groups;

/* After the whole file: roles and groups become rights of the users, who are known now. */
enum err_code webconfig_access(struct webconfig_reader *r);
