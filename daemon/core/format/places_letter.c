/* The attachment with the places' proofs in a saved letter. */
#include "core/format/places_letter.h"

#include <sodium.h>
#include <stdlib.h>

#define FIELD "content-transfer-encoding:"
#define PREFIX "places-"
#define SUFFIX ".json"

bool
places_letter_is(struct slice bytes)
{
	while (bytes.n > 0 && memchr(" \t\r\n", bytes.p[0], 4) != NULL)
		bytes = (struct slice){bytes.p + 1, bytes.n - 1};
	return bytes.n > 0 && bytes.p[0] != '{';
}

static struct slice
next_line(struct slice *rest)
{
	struct slice line = slice_cut(rest, '\n');

	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* Letter case does not count; the word is in lower case. */
static bool
starts_with(struct slice line, const char *word)
{
	size_t i = 0;

	while (i < line.n && word[i] != '\0' &&
	    (line.p[i] >= 'A' && line.p[i] <= 'Z' ? line.p[i] + 32 : line.p[i]) == word[i])
		i++;
	return word[i] == '\0';
}

static bool
names_places(struct slice line)
{
	const char *at = line.n == 0 ? NULL : memmem(line.p, line.n, PREFIX, strlen(PREFIX));

	return at != NULL && memmem(at, line.n - (size_t)(at - line.p), SUFFIX, strlen(SUFFIX)) != NULL;
}

static bool
is_base64_field(struct slice line)
{
	return starts_with(line, FIELD) && memmem(line.p, line.n, "base64", 6) != NULL;
}

/* Reads a part's headers up to the empty line.  Whether it is the attachment, in base64. */
static bool
read_headers(struct slice *rest)
{
	bool named = false, encoded = false;

	while (rest->n > 0) {
		struct slice line = next_line(rest);

		if (line.n == 0)
			return named && encoded;
		if (starts_with(line, "--"))
			named = encoded = false; /* the line before was no boundary, this one may be */
		named |= names_places(line);
		encoded |= is_base64_field(line);
	}
	return false;
}

/* The body up to the next boundary. */
static struct slice
read_body(struct slice rest)
{
	struct slice body = {rest.p, 0};

	while (rest.n > 0) {
		struct slice line = next_line(&rest);

		if (starts_with(line, "--"))
			break;
		body.n = (size_t)(line.p + line.n - body.p);
	}
	return body;
}

static bool
decode_base64(struct slice body, struct buf *out)
{
	size_t max = body.n / 4 * 3 + 3, len = 0;
	unsigned char *bytes = malloc(max);
	bool right = bytes != NULL &&
	    sodium_base642bin(bytes, max, body.p, body.n, " \t\r\n", &len, NULL, sodium_base64_VARIANT_ORIGINAL) == 0;

	if (right)
		buf_put(out, bytes, len);
	out->failed |= bytes == NULL;
	out->no_memory |= bytes == NULL;
	free(bytes);
	return right;
}

bool
places_letter_find(struct slice letter, struct buf *out)
{
	struct slice rest = letter;

	while (rest.n > 0)
		if (starts_with(next_line(&rest), "--") && read_headers(&rest))
			return decode_base64(read_body(rest), out);
	return false;
}
