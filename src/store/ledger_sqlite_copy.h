/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger_sqlite_copy.h -- a database as it is at one moment, copied to be looked at, whether a
 * gateway is using it or not. One thread. */
#pragma once

#include "base/err.h"

/* `to` must not be there yet. Page by page, so that what is damaged stays damaged; `from` is not
 * changed, and no file appears beside it. ERR_DISK: why not. */
must_check enum err_code ledger_sqlite_copy(const char *from, const char *to, struct err *reterr);
