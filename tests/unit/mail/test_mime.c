/*
 * Messages on the wire: a small decoder of our own reads back what was written; lines, characters and injections are
 * tried.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "mail/mime.h"
#include "mail/mime_encode.h"

#define S slice_of

/* ---- reading back ---- */

static int
base64_value(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

/* Appends what the digits stand for; line ends and padding are passed over. */
static void
decode_base64(struct buf *out, struct slice text)
{
	unsigned long group = 0;
	unsigned bits = 0;

	for (size_t i = 0; i < text.n; i++) {
		int value = base64_value(text.p[i]);

		if (value < 0) {
			assert_true(memchr("=\r\n", text.p[i], 3) != NULL);
			continue;
		}
		group = (group << 6 | (unsigned)value) & 0xFFFFFF;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_byte(out, (char)(group >> bits & 0xFF));
		}
	}
}

static int
hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void
decode_quoted(struct buf *out, struct slice text, char sigil)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != sigil) {
			buf_byte(out, text.p[i]);
			continue;
		}
		assert_true(i + 2 < text.n);
		if (sigil != '=' || text.p[i + 1] != '\r')
			buf_byte(out, (char)(hex_value(text.p[i + 1]) * 16 + hex_value(text.p[i + 2])));
		i += 2;
	}
}

static bool
is_utf8(struct slice text)
{
	uint32_t c;

	while (text.n > 0) {
		size_t len = text_next(text, &c);

		if (len == 0)
			return false;
		text.p += len;
		text.n -= len;
	}
	return true;
}

/* A header's value unfolded and its encoded words decoded, each of which must be whole characters. */
static char *
decode_header(struct slice folded)
{
	struct buf out;
	bool after_word = false;

	buf_init(&out, 65536);
	while (folded.n > 0) {
		struct slice line = slice_cut(&folded, '\n');

		assert_true(line.n > 0 && line.p[line.n - 1] == '\r');
		line.n--;
		for (struct slice rest = line; rest.n > 0 || rest.p != NULL;) {
			struct slice word = slice_cut(&rest, ' ');
			bool encoded = word.n > 12 && memcmp(word.p, "=?UTF-8?B?", 10) == 0;
			size_t before = out.len;

			if (word.n == 0)
				continue;
			assert_true(
			    !encoded || (word.n <= 75 && line.n <= 76 && memcmp(word.p + word.n - 2, "?=", 2) == 0));
			if (out.len > 0 && !(encoded && after_word))
				buf_byte(&out, ' ');
			before = out.len;
			if (encoded)
				decode_base64(&out, (struct slice){word.p + 10, word.n - 12});
			else
				buf_slice(&out, word);
			assert_true(is_utf8((struct slice){out.data + before, out.len - before}));
			after_word = encoded;
		}
	}
	return buf_steal(&out);
}

/* The raw value of a header of the message, folded, with its CRLF. */
static struct slice
header(struct slice message, const char *name)
{
	const char *p = message.p;
	size_t len = strlen(name);

	while (memcmp(p, "\r\n", 2) != 0) {
		const char *end = p;

		do
			end = (const char *)memchr(end, '\n', 4096) + 1;
		while (*end == ' ');
		if (strncmp(p, name, len) == 0)
			return (struct slice){p + len, (size_t)(end - p) - len};
		p = end;
	}
	return (struct slice){NULL, 0};
}

/* The content of the part that begins behind `mark`, to its boundary, still encoded. */
static struct slice
body_of(struct slice message, const char *mark)
{
	const char *begin = memmem(message.p, message.n, mark, strlen(mark)), *end;

	assert_non_null(begin);
	begin = strstr(begin, "\r\n\r\n");
	assert_non_null(begin);
	begin += 4;
	end = strstr(begin, "\r\n--=_");
	assert_non_null(end);
	return (struct slice){begin, (size_t)(end - begin)};
}

/* Pure ASCII, CRLF alone, header lines of at most 78 and all lines of at most 76 elsewhere. */
static void
check_lines(struct slice message)
{
	bool in_head = true;

	while (message.n > 0) {
		struct slice line = slice_cut(&message, '\n');

		assert_true(line.n > 0 && line.p[line.n - 1] == '\r');
		line.n--;
		in_head = in_head && line.n > 0;
		assert_true(line.n <= 78);
		for (size_t i = 0; i < line.n; i++)
			assert_true((line.p[i] >= 0x20 && line.p[i] < 0x7F) || line.p[i] == '\t');
		assert_true(line.n == 0 || line.p[line.n - 1] != ' ');
	}
}

/* ---- writing ---- */

static const struct mime_part plain_part = {.type = "text/plain", .content = {"hello\n", 6}};

static struct mime_message
usual(void)
{
	return (struct mime_message){
	    .from = {S("Office"), S("spotcheck@example.org")},
	    .to = {S("I001"), S("i001@example.org")},
	    .subject = S("subject"),
	    .message_id = S("<1@example.org>"),
	    .date = 1782090000,
	    .body = &plain_part,
	};
}

static char *
write_ok(const struct mime_message *message)
{
	struct err err = {0};
	struct buf out;
	int rc;

	buf_init(&out, MIME_MESSAGE_MAX);
	rc = mime_write(message, &out, &err);
	if (rc != 0)
		fail_msg("%s", err.message);
	check_lines(buf_view(&out));
	return buf_steal(&out);
}

static int
write_rc(const struct mime_message *message)
{
	struct err err = {0};
	struct buf out;
	int rc;

	buf_init(&out, MIME_MESSAGE_MAX);
	rc = mime_write(message, &out, &err);
	if (rc != 0) {
		assert_int_equal(err.code, rc);
		assert_true(is_utf8(S(err.message)) && strchr(err.message, '\n') == NULL);
		assert_int_equal(out.len, 0);
	}
	buf_release(&out);
	return rc;
}

static void
a_plain_message(void **state)
{
	struct mime_message message = usual();
	char *text = write_ok(&message);

	(void)state;
	assert_string_equal(text,
	    "Date: Mon, 22 Jun 2026 01:00:00 +0000\r\n"
	    "From: Office <spotcheck@example.org>\r\n"
	    "To: I001 <i001@example.org>\r\n"
	    "Subject: subject\r\n"
	    "Message-ID: <1@example.org>\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=\"utf-8\"\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n"
	    "hello\r\n");
	free(text);
}

static void
dates(void **state)
{
	static const struct {
		int64_t time;
		const char *text;
	} cases[] = {
	    {0, " Thu, 01 Jan 1970 00:00:00 +0000\r\n"},
	    {-1, " Wed, 31 Dec 1969 23:59:59 +0000\r\n"},
	    {951782400, " Tue, 29 Feb 2000 00:00:00 +0000\r\n"},
	    {1798761599, " Thu, 31 Dec 2026 23:59:59 +0000\r\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct mime_message message = usual();
		char *text;
		struct slice date;

		message.date = cases[i].time;
		text = write_ok(&message);
		date = header(S(text), "Date:");
		assert_true(slice_is(date, cases[i].text));
		free(text);
	}
}

static void
subject_comes_back(const char *subject)
{
	struct mime_message message = usual();
	char *text, *back;

	message.subject = S(subject);
	text = write_ok(&message);
	back = decode_header(header(S(text), "Subject:"));
	assert_string_equal(back, subject);
	free(back);
	free(text);
}

static void
subjects(void **state)
{
	static const char *const cases[] = {"plain", "抽查", "a b c", "=?UTF-8?B?YQ==?=", "x =?y?= z",
	    "Confidential: draw 7 of the sample district's inspection office, and more than one line of it all the way",
	    ("【保密】示例区监督检查室：第 7 号抽取监督检查任务（12 "
	     "处）以及更多的文字，使得主题超过一行的长度还要更长一些"),
	    "𠀀𠀁𠀂𠀃𠀄𠀅𠀆𠀇𠀈𠀉𠀊𠀋𠀌𠀍𠀎𠀏𠀐𠀑𠀒𠀓 four bytes each",
	    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"};
	char growing[305] = "";

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		subject_comes_back(cases[i]);
	/* Every length, so that each place of a line is tried as the end of a word. */
	for (size_t n = 0; n + 5 < sizeof growing; n += 3) {
		memcpy(growing + n, "\xE6\xA3\x80", 4);
		subject_comes_back(growing);
		memcpy(growing + n + 3, "x", 2);
		subject_comes_back(growing);
	}
}

static void
display_names(void **state)
{
	static const struct {
		const char *name, *raw; /* NULL: encoded */
	} cases[] = {
	    {"", " i001@example.org\r\n"},
	    {"I001", " I001 <i001@example.org>\r\n"},
	    {"Desk one", " Desk one <i001@example.org>\r\n"},
	    {"Desk, one", " \"Desk, one\" <i001@example.org>\r\n"},
	    {"a \"b\" \\c", " \"a \\\"b\\\" \\\\c\" <i001@example.org>\r\n"},
	    {"J. Doe", " \"J. Doe\" <i001@example.org>\r\n"},
	    {"x@y", " \"x@y\" <i001@example.org>\r\n"},
	    {"a <b@c>", " \"a <b@c>\" <i001@example.org>\r\n"},
	    {"第一监督检查室专员二", NULL},
	    {"=?x?=", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct mime_message message = usual();
		char *text, *back;

		message.to.name = S(cases[i].name);
		text = write_ok(&message);
		if (cases[i].raw != NULL) {
			assert_true(slice_is(header(S(text), "To:"), cases[i].raw));
		} else {
			back = decode_header(header(S(text), "To:"));
			assert_true(strncmp(back, cases[i].name, strlen(cases[i].name)) == 0);
			assert_string_equal(back + strlen(cases[i].name), " <i001@example.org>");
			free(back);
		}
		free(text);
	}
}

static void
a_name_of_300_characters(void **state)
{
	struct mime_message message = usual();
	char name[901], *text, *back;

	(void)state;
	for (size_t i = 0; i < 900; i += 3)
		memcpy(name + i, "\xE5\x91\x98", 4);
	message.to.name = S(name);
	text = write_ok(&message);
	back = decode_header(header(S(text), "To:"));
	assert_true(strncmp(back, name, 900) == 0);
	free(back);
	free(text);
	memset(name, 'n', 300);
	message.to.name = (struct slice){name, 300};
	text = write_ok(&message);
	back = decode_header(header(S(text), "To:"));
	assert_true(strncmp(back, name, 300) == 0);
	free(back);
	free(text);
}

static void
injections(void **state)
{
	static const struct slice bad[] = {{"a\r\nBcc: x@example.org", 21}, {"a\nb", 3}, {"a\rb", 3}, {"a\0b", 3},
	    {"\x01", 1}, {"\t", 1}, {"\x7F", 1}, {"\xC2\x85", 2}, {"\xE6\xA3", 2}, {"\x80", 1}, {"\xED\xA0\x80", 3},
	    {"\xC0\x8A", 2}, {"\xE2\x80\xA8", 3}, {"\xE2\x80\xAE", 3}};
	struct slice *field;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		for (unsigned where = 0; where < 9; where++) {
			struct mime_message message = usual();
			struct mime_part attachment = {.type = "text/csv", .content = S("x"), .file_name = S("x.csv")};
			struct mime_part all = {.type = "multipart/mixed", .parts = &attachment, .n_parts = 1};
			struct slice *fields[] = {&message.from.name, &message.from.address, &message.to.name,
			    &message.to.address, &message.subject, &message.message_id, &message.in_reply_to,
			    &message.language, &attachment.file_name};

			message.body = &all;
			field = fields[where];
			*field = bad[i];
			assert_int_equal(write_rc(&message), ERR_REFUSED);
		}
}

static void
addresses(void **state)
{
	static const char *const bad[] = {"", "a", "a@", "@b", "a@b@c", "a b@c", "a@b c", "a@b,c@d", "a@b;c@d", "<a@b>",
	    "A <a@b>", "a@b\r\nRCPT TO:<x@y>", "\"a\"@b", "a(c)@b", "检@example.org", "a@例.org", ".a@b", "a.@b",
	    "a..b@c", "a@-b", "a@b..c"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct mime_message message = usual();

		message.to.address = S(bad[i]);
		assert_int_equal(write_rc(&message), ERR_REFUSED);
		message = usual();
		message.from.address = S(bad[i]);
		assert_int_equal(write_rc(&message), ERR_REFUSED);
		message = usual();
		message.reply_to.address = S(bad[i]);
		assert_int_equal(write_rc(&message), bad[i][0] == '\0' ? 0 : ERR_REFUSED);
	}
}

static void
message_ids(void **state)
{
	static const char *const bad[] = {"", "1@b", "<1@b", "<1>", "<1 @b>", "<1@b><2@b>", "<@>"};
	struct mime_message message = usual();
	struct slice references[40];
	char *text, *back;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		message.message_id = S(bad[i]);
		assert_int_equal(write_rc(&message), ERR_REFUSED);
	}
	message = usual();
	for (size_t i = 0; i < 40; i++)
		references[i] = S("<0123456789@example.org>");
	message.in_reply_to = references[0];
	message.references = references;
	message.n_references = 40;
	text = write_ok(&message);
	back = decode_header(header(S(text), "References:"));
	assert_int_equal(strlen(back), 40 * 25 - 1);
	free(back);
	free(text);
	references[39] = S("no");
	assert_int_equal(write_rc(&message), ERR_REFUSED);
}

/* ---- bodies ---- */

static void
text_comes_back(const char *content, const char *expected, bool base64)
{
	struct mime_part text_part = {.type = "text/plain", .content = S(content)};
	struct mime_part all = {.type = "multipart/mixed", .parts = &text_part, .n_parts = 1};
	struct mime_message message = usual();
	char *text, *back;
	struct slice body;
	struct buf out;

	message.body = &all;
	text = write_ok(&message);
	body = body_of(S(text), "Content-Type: text/plain");
	buf_init(&out, 1 << 20);
	assert_int_equal(strstr(text, "Content-Transfer-Encoding: base64") != NULL, base64);
	if (base64)
		decode_base64(&out, body);
	else
		decode_quoted(&out, body, '=');
	back = buf_steal(&out);
	assert_non_null(back);
	assert_string_equal(back, expected);
	free(back);
	free(text);
}

static void
text_bodies(void **state)
{
	char line[2001];

	(void)state;
	text_comes_back("a\nb\n", "a\r\nb\r\n", false);
	text_comes_back("a\r\nb", "a\r\nb\r\n", false);
	text_comes_back("tab\there \n trailing \n\n.\n..\nFrom me\n= 1\n",
	    "tab\there \r\n trailing \r\n\r\n.\r\n..\r\nFrom me\r\n= 1\r\n", false);
	text_comes_back("检查一\n检查二\n", "检查一\r\n检查二\r\n", true);
	text_comes_back("Mostly English with one 检 in it, which is not much\n",
	    "Mostly English with one 检 in it, which is not much\r\n", false);
	text_comes_back("", "", false);
	for (size_t n = 70; n < 160; n++) {
		char expected[sizeof line + 2];

		memset(line, 'l', n);
		line[n] = '\0';
		(void)snprintf(expected, sizeof expected, "%s\r\n", line);
		text_comes_back(line, expected, false);
	}
	memset(line, 'l', 2000);
	line[2000] = '\0';
	{
		char expected[sizeof line + 2];

		(void)snprintf(expected, sizeof expected, "%s\r\n", line);
		text_comes_back(line, expected, false);
	}
}

static void
bad_text_bodies(void **state)
{
	static const struct slice bad[] = {{"a\0b", 3}, {"a\rb", 3}, {"\xE6\xA3", 2}, {"\x1B[2J", 4}};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct mime_part part = {.type = "text/plain", .content = bad[i]};
		struct mime_message message = usual();

		message.body = &part;
		assert_int_equal(write_rc(&message), ERR_REFUSED);
	}
}

static void
attachments(void **state)
{
	static const unsigned char bytes[] = {0, 1, 2, 255, 254, '\r', '\n', '.', '\r', '\n'};
	struct mime_part parts[] = {
	    {.type = "text/plain", .content = S("see\n")},
	    {.type = "application/octet-stream",
	        .content = {(const char *)bytes, sizeof bytes},
	        .file_name = S("a b.bin")},
	    {.type = "text/csv",
	        .content = S("\xEF\xBB\xBF"
	                     "a,b\r\n1,2\r\n"),
	        .file_name = S("结果.csv"),
	        .verbatim = true},
	};
	struct mime_part all = {.type = "multipart/mixed", .parts = parts, .n_parts = 3};
	struct mime_message message = usual();
	struct buf out;
	char *text;

	(void)state;
	message.body = &all;
	text = write_ok(&message);
	assert_non_null(strstr(text, "Content-Disposition: attachment; filename=\"a b.bin\"\r\n"));
	assert_non_null(strstr(text, "Content-Disposition: attachment; filename*=UTF-8''%E7%BB%93%E6%9E%9C.csv\r\n"));
	buf_init(&out, 1024);
	decode_base64(&out, body_of(S(text), "application/octet-stream"));
	assert_int_equal(out.len, sizeof bytes);
	assert_memory_equal(out.data, bytes, sizeof bytes);
	buf_clear(&out);
	decode_base64(&out, body_of(S(text), "Content-Type: text/csv"));
	assert_true(slice_eq(buf_view(&out), parts[2].content));
	buf_release(&out);
	free(text);
}

/* RFC 2231 3: name*0*=, name*1*= …, put together and decoded. */
static void
long_file_names(void **state)
{
	char name[400];

	(void)state;
	for (size_t n = 3; n < sizeof name; n += 3) {
		struct mime_part part = {.type = "text/csv", .content = S("x\n"), .file_name = {name, n}};
		struct mime_message message = usual();
		char *text;
		const char *at;
		struct buf out;

		memcpy(name + n - 3, n % 2 == 0 ? "\xE7\xBB\x93" : "a b", 3);
		message.body = &part;
		text = write_ok(&message);
		buf_init(&out, 4096);
		for (at = strstr(text, "filename"); at != NULL; at = strstr(at, "filename")) {
			const char *value = strchr(at, '=') + 1, *end = value;

			if (*value == '"') {
				end = strchr(++value, '"');
				buf_put(&out, value, (size_t)(end - value));
				break;
			}
			if (strncmp(value, "UTF-8''", 7) == 0)
				value += 7;
			while (*end != ';' && *end != '\r')
				end++;
			decode_quoted(&out, (struct slice){value, (size_t)(end - value)}, '%');
			at = end;
		}
		assert_true(slice_eq(buf_view(&out), part.file_name));
		buf_release(&out);
		free(text);
	}
}

static void
nested_parts(void **state)
{
	struct mime_part views[] = {{.type = "text/plain", .content = S("a\n")},
	    {.type = "text/html", .content = S("<p>a\n")}};
	struct mime_part parts[] = {{.type = "multipart/alternative", .parts = views, .n_parts = 2},
	    {.type = "text/csv", .content = S("x\n"), .file_name = S("x.csv")}};
	struct mime_part all = {.type = "multipart/mixed", .parts = parts, .n_parts = 2}, deep[8];
	struct mime_message message = usual();
	char *text, *again;

	(void)state;
	message.body = &all;
	text = write_ok(&message);
	again = write_ok(&message);
	assert_string_equal(text, again);
	assert_non_null(strstr(text, "Content-Type: multipart/alternative;"));
	free(again);
	free(text);
	for (size_t i = 0; i < 8; i++)
		deep[i] =
		    (struct mime_part){.type = "multipart/mixed", .parts = i == 7 ? views : &deep[i + 1], .n_parts = 1};
	message.body = deep;
	assert_int_equal(write_rc(&message), ERR_REFUSED);
	all.type = "text/plain";
	message.body = &all;
	assert_int_equal(write_rc(&message), ERR_REFUSED);
	all = (struct mime_part){.type = "text/plain\r\nX: y"};
	assert_int_equal(write_rc(&message), ERR_REFUSED);
}

static void
is_bounded(void **state)
{
	struct mime_message message = usual();
	struct err err = {0};
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	assert_int_equal(mime_write(&message, &out, &err), ERR_LIMIT);
	assert_true(out.len <= 100);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_plain_message),
	    cmocka_unit_test(dates),
	    cmocka_unit_test(subjects),
	    cmocka_unit_test(display_names),
	    cmocka_unit_test(a_name_of_300_characters),
	    cmocka_unit_test(injections),
	    cmocka_unit_test(addresses),
	    cmocka_unit_test(message_ids),
	    cmocka_unit_test(text_bodies),
	    cmocka_unit_test(bad_text_bodies),
	    cmocka_unit_test(attachments),
	    cmocka_unit_test(long_file_names),
	    cmocka_unit_test(nested_parts),
	    cmocka_unit_test(is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
