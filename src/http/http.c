/* SPDX-License-Identifier: Apache-2.0 */
#include "http/http.h"

#include "http/answer.h"

const struct http_header http_error_headers[HTTP_ERROR_HEADERS] = {
	{SLICE_TEXT("Content-Type"), SLICE_TEXT("text/plain; charset=utf-8")},
	{SLICE_TEXT("X-Content-Type-Options"), SLICE_TEXT("nosniff")},
};

bool http_header_get(const struct http_request *r, struct slice name, struct slice *ret_value)
{
	for (size_t i = 0; i < r->n_headers; i++) {
		if (slice_eq_nocase(r->headers[i].name, name)) {
			*ret_value = r->headers[i].value;
			return true;
		}
	}
	return false;
}

struct slice http_status_words(int status)
{
	switch (status) {
#define X(code, words)                                                                             \
	case code:                                                                                 \
		return SLICE(words);
		HTTP_STATUS_TABLE(X)
#undef X
	default:
		return SLICE("Unknown");
	}
}

bool http_status_has_body(int status)
{
	return status >= 200 && status != 204 && status != 304;
}

static void put_two(char *to, int value)
{
	to[0] = (char)('0' + value / 10);
	to[1] = (char)('0' + value % 10);
}

void http_date_text(int64_t unix_s, char ret[HTTP_DATE_LEN + 1])
{
	static const char days[] = "ThuFriSatSunMonTueWed"; /* 1970 began on a Thursday */
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int64_t day = unix_s / 86400;
	int second = (int)(unix_s % 86400);
	/* Civil date from a day count: the year taken to begin in March, so that a leap day is its
	 * last; eras of 400 years (146097 days) from 0000-03-01, which is day -719468. */
	int64_t from_era = day + 719468;
	int64_t era = from_era / 146097;
	int doe = (int)(from_era % 146097);
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int march_month = (5 * doy + 2) / 153;
	int dom = doy - (153 * march_month + 2) / 5 + 1;
	int month = march_month < 10 ? march_month + 3 : march_month - 9;
	int year = (int)(yoe + era * 400) + (month <= 2);

	assert(unix_s >= 0 && year <= 9999);
	memcpy(ret, "Thu, 01 Jan 1970 00:00:00 GMT", HTTP_DATE_LEN + 1);
	memcpy(ret, days + (ptrdiff_t)3 * (day % 7), 3);
	put_two(ret + 5, dom);
	memcpy(ret + 8, months + (ptrdiff_t)3 * (month - 1), 3);
	put_two(ret + 12, year / 100);
	put_two(ret + 14, year % 100);
	put_two(ret + 17, second / 3600);
	put_two(ret + 20, second / 60 % 60);
	put_two(ret + 23, second % 60);
}
