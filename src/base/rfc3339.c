/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rfc3339.h"

#include <stdio.h>
#include <time.h>

#include "base/must.h"

enum { NS_PER_S = 1000000000, NS_DIGITS = 9 };

static void remember(struct rfc3339 *r, int64_t second)
{
	time_t t = (time_t)second;
	struct tm tm = {0};
	long minutes;
	int n;

	assert(localtime_r(&t, &tm) != NULL); /* the year fits by far */
	r->second = second;
	r->zone_at = strftime(r->text, sizeof(r->text), "%Y-%m-%dT%H:%M:%S", &tm);
	minutes = tm.tm_gmtoff / 60;
	n = tm.tm_gmtoff == 0
		    ? snprintf(r->text + r->zone_at, sizeof(r->text) - r->zone_at, "Z")
		    : snprintf(r->text + r->zone_at, sizeof(r->text) - r->zone_at, "%c%02ld:%02ld",
			       minutes < 0 ? '-' : '+', labs(minutes) / 60, labs(minutes) % 60);
	r->len = r->zone_at + (size_t)n;
}

void rfc3339_put(struct rfc3339 *r, struct buf *out, int64_t unix_ns)
{
	int64_t second = unix_ns / NS_PER_S, ns = unix_ns % NS_PER_S;
	char fraction[NS_DIGITS + 2];
	size_t n;

	if (ns < 0) {
		second--;
		ns += NS_PER_S;
	}
	if (r->len == 0 || r->second != second)
		remember(r, second);
	buf_put(out, (struct slice){r->text, r->zone_at});
	if (ns > 0) {
		(void)snprintf(fraction, sizeof(fraction), ".%09u", (unsigned)ns);
		for (n = NS_DIGITS + 1; fraction[n - 1] == '0'; n--)
			;
		buf_put(out, (struct slice){fraction, n});
	}
	buf_put(out, (struct slice){r->text + r->zone_at, r->len - r->zone_at});
}
