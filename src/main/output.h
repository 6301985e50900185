/* SPDX-License-Identifier: Apache-2.0
 *
 * output.h -- what is written for whoever called the program. Any thread. */
#pragma once

#include "base/must.h"
#include "base/slice.h"

/* Writes all of it. False when the descriptor takes no more; errno says why. */
must_check bool output_write(int fd, struct slice text);
