/* SPDX-License-Identifier: Apache-2.0 */
#include "http/chunked.h"

/* The sentences are those of the reference's decoder where it refuses the same. */
enum {
	DIGITS_MAX = 16,
	OVERHEAD_BYTES_MAX = 16 * 1024, /* and one more for each byte of data */
};

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool is_text(char c)
{
	unsigned char byte = (unsigned char)c;

	return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}

static bool is_token(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool refuse(struct slice sentence, struct slice *reterr)
{
	*reterr = sentence;
	return false;
}

static bool size_byte(struct chunked *c, char byte, struct slice *reterr)
{
	int digit = hex_digit(byte);

	if (digit >= 0) {
		if (c->n_digits == DIGITS_MAX)
			return refuse(SLICE("http chunk length too large"), reterr);
		c->left = c->left << 4 | (uint64_t)digit;
		c->n_digits++;
		return true;
	}
	if (byte == '\n')
		return refuse(SLICE("chunked line ends with bare LF"), reterr);
	if (byte != ';' && byte != '\r')
		return refuse(SLICE("invalid byte in chunk length"), reterr);
	if (c->n_digits == 0)
		return refuse(SLICE("empty hex number for chunk length"), reterr);
	c->state = byte == ';' ? CHUNKED_EXTENSION : CHUNKED_SIZE_LF;
	return true;
}

static bool overhead_byte(struct chunked *c, struct slice *reterr)
{
	if (++c->overhead > OVERHEAD_BYTES_MAX + c->decoded)
		return refuse(SLICE("chunked encoding contains too much non-data"), reterr);
	return true;
}

static bool lf_byte(struct chunked *c, char byte, enum chunked_state then, struct slice *reterr)
{
	if (byte != '\n')
		return refuse(SLICE("malformed chunked encoding"), reterr);
	c->state = then;
	return true;
}

static bool trailer_byte(struct chunked *c, char byte, struct slice *reterr)
{
	if (c->state == CHUNKED_TRAILER_START && byte == '\r') {
		c->state = CHUNKED_END_LF;
		return true;
	}
	if (c->state == CHUNKED_TRAILER_VALUE) {
		if (byte == '\r')
			c->state = CHUNKED_TRAILER_LF;
		else if (!is_text(byte))
			return refuse(SLICE("invalid byte in trailer"), reterr);
	} else if (byte == ':' && c->state == CHUNKED_TRAILER_NAME) {
		c->state = CHUNKED_TRAILER_VALUE;
	} else if (is_token(byte)) {
		c->state = CHUNKED_TRAILER_NAME;
	} else {
		return refuse(SLICE("invalid byte in trailer"), reterr);
	}
	return overhead_byte(c, reterr);
}

/* Every byte that is not data of a chunk. */
static bool frame_byte(struct chunked *c, char byte, struct slice *reterr)
{
	switch (c->state) {
	case CHUNKED_SIZE:
		return size_byte(c, byte, reterr);
	case CHUNKED_EXTENSION:
		if (byte == '\n')
			return refuse(SLICE("chunked line ends with bare LF"), reterr);
		if (byte == '\r')
			c->state = CHUNKED_SIZE_LF;
		else if (!is_text(byte))
			return refuse(SLICE("invalid byte in chunk extension"), reterr);
		return overhead_byte(c, reterr);
	case CHUNKED_SIZE_LF:
		return lf_byte(c, byte, c->left > 0 ? CHUNKED_DATA : CHUNKED_TRAILER_START, reterr);
	case CHUNKED_DATA_CR:
		if (byte != '\r')
			return refuse(SLICE("malformed chunked encoding"), reterr);
		c->state = CHUNKED_DATA_LF;
		return true;
	case CHUNKED_DATA_LF:
		c->n_digits = 0;
		return lf_byte(c, byte, CHUNKED_SIZE, reterr);
	case CHUNKED_TRAILER_START:
	case CHUNKED_TRAILER_NAME:
	case CHUNKED_TRAILER_VALUE:
		return trailer_byte(c, byte, reterr);
	case CHUNKED_TRAILER_LF:
		return lf_byte(c, byte, CHUNKED_TRAILER_START, reterr);
	case CHUNKED_END_LF:
		return lf_byte(c, byte, CHUNKED_DONE, reterr);
	case CHUNKED_DATA:
	case CHUNKED_DONE:
		break;
	}
	not_reached();
}

enum chunked_result chunked_decode(struct chunked *c, char *data, size_t len, size_t *ret_consumed,
				   size_t *ret_decoded, struct slice *reterr)
{
	size_t at = 0;
	size_t to = 0;

	while (at < len && c->state != CHUNKED_DONE) {
		if (c->state == CHUNKED_DATA) {
			size_t n = len - at < c->left ? len - at : (size_t)c->left;

			memmove(data + to, data + at, n);
			at += n;
			to += n;
			c->decoded += n;
			c->left -= n;
			if (c->left == 0)
				c->state = CHUNKED_DATA_CR;
		} else if (!frame_byte(c, data[at++], reterr)) {
			return CHUNKED_REFUSED;
		}
	}
	*ret_consumed = at;
	*ret_decoded = to;
	return c->state == CHUNKED_DONE ? CHUNKED_COMPLETE : CHUNKED_MORE;
}
