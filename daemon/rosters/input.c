/* An input file of unknown encoding: copied, its encoding guessed, and read back as UTF-8. */
#include "rosters/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "system/file.h"

/* ---- which encoding ---- */

/* What a text would be, read as UTF-8. */
struct tally {
	uint64_t good;       /* characters of several bytes */
	uint64_t cut;        /* characters cut short after a valid beginning, as damage leaves them */
	uint64_t impossible; /* bytes that UTF-8 does not allow where they stand, as in another encoding */
	char carry[4];       /* the beginning of a character that the next chunk continues */
	size_t n_carry;
};

static size_t
wanted_length(unsigned char lead)
{
	return lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
}

/* Counts one character that is not ASCII and returns its length; 0 where the next chunk may continue it. */
static size_t
tally_one(struct tally *t, struct slice text, bool last)
{
	const unsigned char *p = (const unsigned char *)text.p;
	uint32_t c;
	size_t n = text_next(text, &c), follow = 1;

	if (n > 0) {
		t->good++;
		return n;
	}
	if (p[0] < 0xC2 || p[0] > 0xF4) {
		t->impossible++;
		return 1;
	}
	while (follow < text.n && follow < wanted_length(p[0]) && (p[follow] & 0xC0) == 0x80)
		follow++;
	if (follow == text.n && follow < wanted_length(p[0]) && !last)
		return 0;
	if (follow > 1)
		t->cut++;
	else
		t->impossible++;
	return follow;
}

static void
tally_text(struct tally *t, struct slice text, bool last)
{
	while (text.n > 0) {
		size_t n = (unsigned char)text.p[0] < 0x80 ? 1 : tally_one(t, text, last);

		if (n == 0)
			break;
		text.p += n;
		text.n -= n;
	}
	t->n_carry = text.n; /* at most three: tally_one leaves no more */
	if (text.n > 0)
		memmove(t->carry, text.p, text.n);
}

static enum input_encoding
choose_encoding(const struct tally *t)
{
	return t->impossible > 0 && t->impossible + t->cut > t->good ? INPUT_GB18030 : INPUT_UTF8;
}

/* ---- the copy ---- */

static int
nameless_file(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char *path = NULL;

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT) ||
	    asprintf(&path, "%s/.input-XXXXXX", dir) < 0)
		return fd;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		(void)unlink(path);
	free(path);
	return fd;
}

static ssize_t
read_some(int fd, char *buffer, size_t cap)
{
	ssize_t n;

	do
		n = read(fd, buffer, cap);
	while (n < 0 && errno == EINTR);
	return n;
}

static int
copy_input(struct input *in, int from, const char *dir, struct tally *tally, struct err *err)
{
	struct hash_stream stream;
	char buffer[65536 + 4];
	ssize_t n;

	hash_begin(&stream);
	while ((n = read_some(from, buffer + tally->n_carry, 65536)) > 0) {
		char *fresh = buffer + tally->n_carry;
		size_t carried = tally->n_carry;

		in->size += (uint64_t)n;
		if (in->size > INPUT_MAX)
			return err_set(err, ERR_LIMIT, N_("the file is larger than 4 GiB"));
		if (!file_write(in->fd, fresh, (size_t)n))
			return err_set(err, ERR_OUTSIDE, N_("a copy of the file cannot be kept in %s: %s"), dir,
			    strerror(errno));
		hash_add(&stream, fresh, (size_t)n);
		memcpy(buffer, tally->carry, carried);
		tally_text(tally, (struct slice){buffer, carried + (size_t)n}, false);
	}
	if (n < 0)
		return err_set(err, errno == EISDIR ? ERR_REFUSED : ERR_OUTSIDE, N_("the file cannot be read: %s"),
		    strerror(errno));
	tally_text(tally, (struct slice){memcpy(buffer, tally->carry, sizeof tally->carry), tally->n_carry}, true);
	in->digest = hash_end(&stream);
	return 0;
}

/* Refuses what the first bytes show to be no CSV, and seeks to where the text begins, behind a BOM. */
static int
check_first_bytes(struct input *in, struct err *err)
{
	char head[4] = {0};
	ssize_t n = pread(in->fd, head, sizeof head, 0);
	off_t begin = 0;

	if (n < 0)
		return err_set(err, ERR_OUTSIDE, N_("the file cannot be read: %s"), strerror(errno));
	if (n == 0)
		return err_set(err, ERR_REFUSED, N_("the file is empty: its first line names the columns"));
	if (memcmp(head, "\xFF\xFE", 2) == 0 || memcmp(head, "\xFE\xFF", 2) == 0)
		return err_set(err, ERR_REFUSED, N_("the file is UTF-16: save it as CSV in UTF-8"));
	if (memcmp(head, "PK\3\4", 4) == 0 || memcmp(head, "\xD0\xCF\x11\xE0", 4) == 0)
		return err_set(err, ERR_REFUSED, N_("the file is a workbook: save it as CSV in UTF-8"));
	if (memcmp(head, "\xEF\xBB\xBF", 3) == 0) {
		in->encoding = INPUT_UTF8;
		begin = 3;
	}
	in->done = (uint64_t)begin;
	if (lseek(in->fd, begin, SEEK_SET) != begin)
		return err_set(err, ERR_OUTSIDE, N_("the file cannot be read: %s"), strerror(errno));
	return 0;
}

int
input_open(struct input *ret_input, int fd, const char *dir, struct err *err)
{
	struct tally tally = {0};
	struct input *in = ret_input;
	int rc;

	*in = (struct input){.fd = nameless_file(dir)};
	if (in->fd < 0)
		return err_set(err, ERR_OUTSIDE, N_("a copy of the file cannot be kept in %s: %s"), dir,
		    strerror(errno));
	rc = copy_input(in, fd, dir, &tally, err);
	in->encoding = choose_encoding(&tally);
	if (rc == 0)
		rc = check_first_bytes(in, err);
	if (rc == 0 && in->encoding == INPUT_GB18030) {
		in->converter = iconv_open("UTF-8", "GB18030");
		in->converting =
		    in->converter != (iconv_t)-1; /* NOLINT(performance-no-int-to-ptr): how iconv says it */
		if (!in->converting)
			rc =
			    err_set(err, ERR_OUTSIDE, N_("this system cannot convert GB18030: save the file as UTF-8"));
	}
	if (rc != 0)
		input_release(in);
	return rc;
}

void
input_release(struct input *input)
{
	if (input == NULL)
		return;
	if (input->fd >= 0)
		(void)close(input->fd);
	if (input->converting)
		(void)iconv_close(input->converter);
	*input = (struct input){.fd = -1};
}

/* ---- reading ---- */

static void
count_lines(struct input *in, const char *bytes, size_t len)
{
	const char *end = bytes + len;

	while (len > 0 && (bytes = memchr(bytes, '\n', (size_t)(end - bytes))) != NULL) {
		in->lines++;
		bytes++;
	}
}

static int
refuse_input_encoding(struct err *err)
{
	return err_set(err, ERR_REFUSED, N_("this is neither UTF-8 nor GB18030: save the file as CSV in UTF-8"));
}

/* A character that the end of `pending` cuts stays there until its other bytes are read. */
static int
convert_pending(struct input *in, char *buffer, size_t cap, size_t *ret_n, struct err *err)
{
	char *from = in->pending, *to = buffer;
	size_t left = in->n_pending, room = cap;
	bool bad = iconv(in->converter, &from, &left, &to, &room) == (size_t)-1 && errno == EILSEQ;

	*ret_n = cap - room;
	count_lines(in, buffer, *ret_n);
	if (left > 0)
		memmove(in->pending, from, left);
	in->n_pending = left;
	return bad ? refuse_input_encoding(err) : 0;
}

/* Fills `pending` and converts it once.  `*ret_end`: the file is at its end. */
static int
read_converted(struct input *in, char *buffer, size_t cap, size_t *ret_n, bool *ret_end, struct err *err)
{
	size_t room = sizeof in->pending - in->n_pending;
	ssize_t n = room == 0 ? 0 : read_some(in->fd, in->pending + in->n_pending, room);

	if (n < 0)
		return err_set(err, ERR_OUTSIDE, N_("the file cannot be read: %s"), strerror(errno));
	*ret_end = n == 0 && room > 0;
	in->done += (uint64_t)n;
	in->n_pending += (size_t)n;
	return convert_pending(in, buffer, cap, ret_n, err);
}

int
input_read(struct input *input, char *buffer, size_t cap, size_t *ret_n, struct err *err)
{
	bool end = false;
	ssize_t n;
	int rc = 0;

	if (!input->converting) {
		n = read_some(input->fd, buffer, cap);
		if (n < 0)
			return err_set(err, ERR_OUTSIDE, N_("the file cannot be read: %s"), strerror(errno));
		input->done += (uint64_t)n;
		*ret_n = (size_t)n;
		return 0;
	}
	*ret_n = 0;
	while (rc == 0 && *ret_n == 0 && !end)
		rc = read_converted(input, buffer, cap, ret_n, &end, err);
	/* At the end of the file a character is still incomplete. */
	if (rc == 0 && *ret_n == 0 && input->n_pending > 0)
		rc = refuse_input_encoding(err);
	return rc;
}
