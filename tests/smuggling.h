/* SPDX-License-Identifier: Apache-2.0
 *
 * smuggling.h -- requests whose end two programs could see in different places, and the one way in
 * which ours are read, or the refusal. From RFC 9112 and from what was published on request
 * smuggling (CL.TE, TE.CL, TE.TE, chunk extensions, bare CR and LF, obs-fold and others).
 *
 * Behind almost every one stands a second request, /next, which an attacker would want to hide in
 * the first or to have read out of it. */
#pragma once

#include "base/slice.h"

enum smuggling_end {
	END_OPEN = 1,   /* all was read, the connection waits for the next request */
	END_WAITS = 2,  /* the last request is not complete */
	END_CLOSED = 3, /* closed on purpose behind the last answer */
			/* or the status of a refusal, after which the connection is closed */
};

struct smuggling {
	const char *name;
	struct slice bytes;
	const char *reads; /* "METHOD path body\n" of each request that is handled */
	int end;
};

#define SMUGGLING_NEXT "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"
#define PUT "PUT /p HTTP/1.1\r\nHost: a\r\n"
#define CHUNKED PUT "Transfer-Encoding: chunked\r\n\r\n"
#define LAST "0\r\n\r\n"
#define BODY "body"
#define CHUNK "4\r\n" BODY "\r\n"
#define NEXT SMUGGLING_NEXT
#define READS_PUT "PUT /p body\n"
#define READS_NEXT "GET /next \n"

#define X(name, bytes, reads, end)                                                                 \
	{                                                                                          \
		name, {bytes, sizeof(bytes) - 1}, reads, end                                       \
	}

static const struct smuggling smuggling_table[] = {
	/* Content-Length */
	X("one length", PUT "Content-Length: 4\r\n\r\n" BODY NEXT, READS_PUT READS_NEXT, END_OPEN),
	X("length 0", PUT "Content-Length: 0\r\n\r\n" NEXT, "PUT /p \n" READS_NEXT, END_OPEN),
	X("leading zeros", PUT "Content-Length: 0004\r\n\r\n" BODY NEXT, READS_PUT READS_NEXT,
	  END_OPEN),
	X("no blank before the length", PUT "Content-Length:4\r\n\r\n" BODY NEXT,
	  READS_PUT READS_NEXT, END_OPEN),
	X("blanks around the length", PUT "Content-Length: \t 4 \t\r\n\r\n" BODY NEXT,
	  READS_PUT READS_NEXT, END_OPEN),
	X("a GET with a body", "GET /g HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n" BODY NEXT,
	  "GET /g body\n" READS_NEXT, END_OPEN),
	X("a body that is not all there", PUT "Content-Length: 40\r\n\r\n" BODY NEXT, "",
	  END_WAITS),
	X("no length, no body", PUT "\r\n" NEXT, "PUT /p \n" READS_NEXT, END_OPEN),
	X("two different lengths", PUT "Content-Length: 4\r\nContent-Length: 37\r\n\r\n" BODY NEXT,
	  "", 400),
	X("two equal lengths", PUT "Content-Length: 4\r\nContent-Length: 4\r\n\r\n" BODY NEXT, "",
	  400),
	X("lengths in two spellings",
	  PUT "Content-Length: 4\r\ncontent-length: 0\r\n\r\n" BODY NEXT, "", 400),
	X("a list of lengths", PUT "Content-Length: 4, 4\r\n\r\n" BODY NEXT, "", 400),
	X("a list without blanks", PUT "Content-Length: 4,37\r\n\r\n" BODY NEXT, "", 400),
	X("a length with a plus", PUT "Content-Length: +4\r\n\r\n" BODY NEXT, "", 400),
	X("a negative length", PUT "Content-Length: -4\r\n\r\n" BODY NEXT, "", 400),
	X("a negative zero", PUT "Content-Length: -0\r\n\r\n" NEXT, "", 400),
	X("a hexadecimal length", PUT "Content-Length: 0x4\r\n\r\n" BODY NEXT, "", 400),
	X("a length with a fraction", PUT "Content-Length: 4.0\r\n\r\n" BODY NEXT, "", 400),
	X("a length with an exponent", PUT "Content-Length: 4e0\r\n\r\n" BODY NEXT, "", 400),
	X("a length with an underscore", PUT "Content-Length: 0_4\r\n\r\n" BODY NEXT, "", 400),
	X("a length with a blank in it", PUT "Content-Length: 4 4\r\n\r\n" BODY NEXT, "", 400),
	X("a length with a parameter", PUT "Content-Length: 4;x\r\n\r\n" BODY NEXT, "", 400),
	X("an empty length", PUT "Content-Length:\r\n\r\n" BODY NEXT, "", 400),
	X("a length of other digits", PUT "Content-Length: \xd9\xa4\r\n\r\n" BODY NEXT, "", 400),
	X("a length of 2^64 + 4", PUT "Content-Length: 18446744073709551620\r\n\r\n" BODY NEXT, "",
	  400),
	X("a length of 2^63", PUT "Content-Length: 9223372036854775808\r\n\r\n" BODY NEXT, "", 400),
	X("a length over the limit", PUT "Content-Length: 9223372036854775807\r\n\r\n" BODY NEXT,
	  "", 413),
	X("a vertical tab behind the length", PUT "Content-Length: 4\x0b\r\n\r\n" BODY NEXT, "",
	  400),
	X("a form feed before the length",
	  PUT "Content-Length: \x0c"
	      "4\r\n\r\n" BODY NEXT,
	  "", 400),
	X("NUL behind the length", PUT "Content-Length: 4\0\r\n\r\n" BODY NEXT, "", 400),
	X("a blank before the colon of the length", PUT "Content-Length : 4\r\n\r\n" BODY NEXT, "",
	  400),
	X("a tab before the colon of the length", PUT "Content-Length\t: 4\r\n\r\n" BODY NEXT, "",
	  400),
	X("a length on a folded line", PUT "Content-Length:\r\n 4\r\n\r\n" BODY NEXT, "", 400),
	X("a length that looks folded", PUT "X-A: b\r\n Content-Length: 4\r\n\r\n" BODY NEXT, "",
	  400),
	X("a length behind a bare CR", PUT "X-A: b\rContent-Length: 4\r\n\r\n" BODY NEXT, "", 400),
	X("a length behind a bare LF", PUT "X-A: b\nContent-Length: 4\r\n\r\n" BODY NEXT, "", 400),
	X("a length whose name has an underscore", PUT "Content_Length: 4\r\n\r\n" NEXT,
	  "PUT /p \n" READS_NEXT, END_OPEN),
	X("a length in a quoted name", PUT "\"Content-Length\": 4\r\n\r\n" BODY NEXT, "", 400),

	/* Transfer-Encoding */
	X("chunks", CHUNKED CHUNK LAST NEXT, READS_PUT READS_NEXT, END_OPEN),
	X("CL.TE", PUT "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" LAST NEXT,
	  "PUT /p \n", END_CLOSED),
	X("TE.CL", PUT "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" CHUNK LAST NEXT,
	  READS_PUT, END_CLOSED),
	X("TE.CL with a bad length",
	  PUT "Transfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n" LAST NEXT, "", 400),
	X("chunked in another case", PUT "tRANSFER-eNCODING: cHUNKED\r\n\r\n" CHUNK LAST NEXT,
	  READS_PUT READS_NEXT, END_OPEN),
	X("a tab before chunked", PUT "Transfer-Encoding:\tchunked\r\n\r\n" CHUNK LAST NEXT,
	  READS_PUT READS_NEXT, END_OPEN),
	X("a blank behind chunked", PUT "Transfer-Encoding: chunked \r\n\r\n" CHUNK LAST NEXT,
	  READS_PUT READS_NEXT, END_OPEN),
	X("TE.TE: identity behind",
	  PUT "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" LAST NEXT, "",
	  501),
	X("TE.TE: a word behind",
	  PUT "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n" LAST NEXT, "", 501),
	X("TE.TE: chunked twice",
	  PUT "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" LAST NEXT, "",
	  501),
	X("a word that ends in chunked", PUT "Transfer-Encoding: xchunked\r\n\r\n" LAST NEXT, "",
	  501),
	X("a word that begins with chunked", PUT "Transfer-Encoding: chunkedx\r\n\r\n" LAST NEXT,
	  "", 501),
	X("chunked, then identity", PUT "Transfer-Encoding: chunked, identity\r\n\r\n" LAST NEXT,
	  "", 501),
	X("identity, then chunked", PUT "Transfer-Encoding: identity, chunked\r\n\r\n" LAST NEXT,
	  "", 501),
	X("a comma before chunked", PUT "Transfer-Encoding: ,chunked\r\n\r\n" LAST NEXT, "", 501),
	X("a comma behind chunked", PUT "Transfer-Encoding: chunked,\r\n\r\n" LAST NEXT, "", 501),
	X("chunked in quotes", PUT "Transfer-Encoding: \"chunked\"\r\n\r\n" LAST NEXT, "", 501),
	X("chunked with a parameter", PUT "Transfer-Encoding: chunked;q=1\r\n\r\n" LAST NEXT, "",
	  501),
	X("an empty coding", PUT "Transfer-Encoding:\r\n\r\n" LAST NEXT, "", 501),
	X("a vertical tab before chunked",
	  PUT "Transfer-Encoding: \x0b"
	      "chunked\r\n\r\n" LAST NEXT,
	  "", 400),
	X("NUL behind chunked", PUT "Transfer-Encoding: chunked\0\r\n\r\n" LAST NEXT, "", 400),
	X("a no-break space before chunked",
	  PUT "Transfer-Encoding: \xa0"
	      "chunked\r\n\r\n" LAST NEXT,
	  "", 501),
	X("a blank before the colon of the coding",
	  PUT "Transfer-Encoding : chunked\r\n\r\n" LAST NEXT, "", 400),
	X("a tab before the colon of the coding",
	  PUT "Transfer-Encoding\t:chunked\r\n\r\n" LAST NEXT, "", 400),
	X("a coding on a folded line", PUT "Transfer-Encoding:\r\n chunked\r\n\r\n" LAST NEXT, "",
	  400),
	X("a coding that looks folded",
	  PUT "X-A: b\r\n Transfer-Encoding: chunked\r\n\r\n" LAST NEXT, "", 400),
	X("a coding behind a bare CR", PUT "X-A: b\rTransfer-Encoding: chunked\r\n\r\n" LAST NEXT,
	  "", 400),
	X("a coding behind a bare LF", PUT "X-A: b\nTransfer-Encoding: chunked\r\n\r\n" LAST NEXT,
	  "", 400),
	X("a coding whose name has an underscore",
	  PUT "Transfer_Encoding: chunked\r\n\r\n" LAST NEXT, "PUT /p \n", 400),
	X("a coding whose name has a byte over 0x7f",
	  PUT "Transfer-Encod\xefng: chunked\r\n\r\n" LAST NEXT, "", 400),
	X("a coding in HTTP/1.0",
	  "PUT /p HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n" LAST
		  NEXT,
	  "", 400),
	X("a coding and a length in HTTP/1.0",
	  "PUT /p HTTP/1.0\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" LAST NEXT,
	  "", 400),
	X("TE is another header", PUT "TE: chunked\r\n\r\n" NEXT, "PUT /p \n" READS_NEXT, END_OPEN),

	/* chunks */
	X("a size in capitals and zeros", CHUNKED "00A\r\n0123456789\r\n" LAST NEXT,
	  "PUT /p 0123456789\n" READS_NEXT, END_OPEN),
	X("many zeros at the end", CHUNKED CHUNK "0000\r\n\r\n" NEXT, READS_PUT READS_NEXT,
	  END_OPEN),
	X("a blank behind the size", CHUNKED "4 \r\n" BODY "\r\n" LAST NEXT, "", 400),
	X("a blank before the size", CHUNKED " 4\r\n" BODY "\r\n" LAST NEXT, "", 400),
	X("a size with a plus", CHUNKED "+4\r\n" BODY "\r\n" LAST NEXT, "", 400),
	X("a size with a minus", CHUNKED "-4\r\n" BODY "\r\n" LAST NEXT, "", 400),
	X("a size with 0x", CHUNKED "0x4\r\n" BODY "\r\n" LAST NEXT, "", 400),
	X("a size with an underscore", CHUNKED "0_4\r\n" BODY "\r\n" LAST NEXT, "", 400),
	X("an empty size", CHUNKED "\r\n" BODY "\r\n" LAST NEXT, "", 400),
	X("a size of 2^64 + 4", CHUNKED "10000000000000004\r\n" BODY "\r\n" LAST NEXT, "", 400),
	X("a size of 2^64 - 1", CHUNKED "ffffffffffffffff\r\n" BODY "\r\n" LAST NEXT, "", 413),
	X("a size line with a bare LF", CHUNKED "4\n" BODY "\r\n" LAST NEXT, "", 400),
	X("a size line with a bare CR", CHUNKED "4\r" BODY "\r\n" LAST NEXT, "", 400),
	X("a size line with CR CR LF", CHUNKED "4\r\r\n" BODY "\r\n" LAST NEXT, "", 400),
	X("an extension", CHUNKED "4;a=b;c=\"d\"\r\n" BODY "\r\n0;e\r\n\r\n" NEXT,
	  READS_PUT READS_NEXT, END_OPEN),
	X("an extension with a bare LF", CHUNKED "4;a\n" BODY "\r\n" LAST NEXT, "", 400),
	X("an extension with a bare CR", CHUNKED "4;a\rb\r\n" BODY "\r\n" LAST NEXT, "", 400),
	X("an extension that hides a chunk", CHUNKED "4;\nxx\r\n4c\r\n" LAST NEXT, "", 400),
	X("an extension with NUL", CHUNKED "4;\0\r\n" BODY "\r\n" LAST NEXT, "", 400),
	X("data that is longer than its size", CHUNKED "3\r\n" BODY "\r\n" LAST NEXT, "", 400),
	X("data that ends with a bare LF", CHUNKED "4\r\n" BODY "\n" LAST NEXT, "", 400),
	X("data that ends with two other bytes", CHUNKED "4\r\n" BODY "xx" LAST NEXT, "", 400),
	X("the next size right behind the data", CHUNKED "4\r\n" BODY LAST NEXT, "", 400),
	X("trailers mean nothing",
	  CHUNKED CHUNK "0\r\nContent-Length: 37\r\nTransfer-Encoding: x\r\nHost: b\r\n\r\n" NEXT,
	  READS_PUT READS_NEXT, END_OPEN),
	X("a trailer with a bare LF", CHUNKED CHUNK "0\r\nX-A: b\n\r\n" NEXT, "", 400),
	X("a folded trailer", CHUNKED CHUNK "0\r\nX-A: b\r\n c\r\n\r\n" NEXT, "", 400),
	X("a trailer with a blank before its colon", CHUNKED CHUNK "0\r\nX-A : b\r\n\r\n" NEXT, "",
	  400),
	X("the empty line is missing", CHUNKED CHUNK "0\r\n" NEXT, "", 400),
	X("the empty line is a bare LF", CHUNKED CHUNK "0\r\n\n" NEXT, "", 400),
	X("the last chunk is missing", CHUNKED CHUNK, "", END_WAITS),

	/* request lines and heads */
	X("an empty line before the request", "\r\n" NEXT, "", 400),
	X("two blanks before the target", "GET  /p HTTP/1.1\r\nHost: a\r\n\r\n" NEXT, "", 400),
	X("a tab before the target", "GET\t/p HTTP/1.1\r\nHost: a\r\n\r\n" NEXT, "", 400),
	X("a blank behind the version", "GET /p HTTP/1.1 \r\nHost: a\r\n\r\n" NEXT, "", 400),
	X("a request in the target", "GET /p HTTP/1.1\r\rGET /q HTTP/1.1\r\nHost: a\r\n\r\n" NEXT,
	  "", 400),
	X("NUL in the target", "GET /p\0 HTTP/1.1\r\nHost: a\r\n\r\n" NEXT, "", 400),
	X("a version in lower case", "GET /p http/1.1\r\nHost: a\r\n\r\n" NEXT, "", 400),
	X("a version of two digits", "GET /p HTTP/1.10\r\nHost: a\r\n\r\n" NEXT, "", 400),
	X("a version with a zero before", "GET /p HTTP/01.1\r\nHost: a\r\n\r\n" NEXT, "", 400),
	X("HTTP/2.0", "GET /p HTTP/2.0\r\nHost: a\r\n\r\n" NEXT, "", 505),
	X("no version", "GET /p\r\n\r\n" NEXT, "", 400),
	X("an absolute target wins over Host",
	  "GET http://b/p HTTP/1.1\r\nHost: a\r\nX-Host: b\r\n\r\n" NEXT, "GET /p \n" READS_NEXT,
	  END_OPEN),
	X("an absolute target without Host", "GET http://b/p HTTP/1.1\r\n\r\n" NEXT, "", 400),
	X("two hosts", "GET /p HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" NEXT, "", 400),
	X("a host with a blank", "GET /p HTTP/1.1\r\nHost: a b\r\n\r\n" NEXT, "", 400),
	X("a host with a user", "GET /p HTTP/1.1\r\nHost: a@b\r\n\r\n" NEXT, "", 400),
	X("a host on a folded line", "GET /p HTTP/1.1\r\nHost:\r\n a\r\n\r\n" NEXT, "", 400),
	X("no host", "GET /p HTTP/1.1\r\n\r\n" NEXT, "", 400),
	X("a first header that begins with a blank", "GET /p HTTP/1.1\r\n Host: a\r\n\r\n" NEXT, "",
	  400),
	X("a header without a colon", PUT "Content-Length\r\n\r\n" NEXT, "", 400),
	X("a header without a name", PUT ": 4\r\n\r\n" NEXT, "", 400),
	X("a head that ends with bare LFs", "GET /p HTTP/1.1\nHost: a\n\n" NEXT, "", 400),
	X("an empty line that is a bare LF", PUT "\n" NEXT, "", 400),
	X("an empty line that is a bare CR", PUT "\r" NEXT, "", 400),
	X("close, and a request behind", PUT "Connection: x, close\r\n\r\n" NEXT, "PUT /p \n",
	  END_CLOSED),
	X("HTTP/1.0, and a request behind", "GET /p HTTP/1.0\r\n\r\n" NEXT, "GET /p \n",
	  END_CLOSED),
	X("an upgrade is not taken",
	  PUT "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: "
	      "AAMA\r\n\r\n" NEXT,
	  "PUT /p \n" READS_NEXT, END_OPEN),
	X("an unknown expectation", PUT "Expect: 200-ok\r\nContent-Length: 4\r\n\r\n" BODY NEXT, "",
	  417),
	X("a refused one behind a good one", NEXT PUT "Content-Length: +4\r\n\r\n" BODY NEXT,
	  READS_NEXT, 400),
};

#undef PUT
#undef CHUNKED
#undef LAST
#undef BODY
#undef CHUNK
#undef NEXT
#undef READS_PUT
#undef READS_NEXT
#undef X

#define SMUGGLING_CASES (sizeof(smuggling_table) / sizeof(smuggling_table[0]))
