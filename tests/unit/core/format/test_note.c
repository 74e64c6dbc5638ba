/*
 * Signed notes, checkpoints and cosignatures: vectors, what is malformed, and that no changed byte ever verifies.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "core/format/note.h"

#define DASH "\xe2\x80\x94 "

/* The example of C2SP signed-note and of Go's golang.org/x/mod/sumdb/note. */
#define FOO_KEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define FOO_TEXT "This is an example message.\n"
#define FOO_BASE64 "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
#define FOO_LINE DASH "example.com/foo " FOO_BASE64 "\n"
#define FOO_NOTE FOO_TEXT "\n" FOO_LINE

#define TIME_LIMIT ((uint64_t)1 << 53) /* of cosignatures (PROTOCOL 2) */

static const uint8_t seed[32] = {7};
static uint8_t public_key[32], secret_key[64];

static int
make_keys(void **state)
{
	(void)state;
	if (sodium_init() < 0)
		return -1;
	return crypto_sign_seed_keypair(public_key, secret_key, seed);
}

/* Parses a copy in memory of exactly its length, so that a sanitizer sees a read past its end. */
struct parsed {
	char *bytes;
	struct note note;
	int rc;
	struct err err;
};

static struct parsed *
parse(struct slice text)
{
	struct parsed *p = calloc(1, sizeof *p);

	assert_non_null(p);
	p->bytes = malloc(text.n > 0 ? text.n : 1);
	assert_non_null(p->bytes);
	if (text.n > 0)
		memcpy(p->bytes, text.p, text.n);
	p->rc = note_parse((struct slice){p->bytes, text.n}, &p->note, &p->err);
	return p;
}

static void
parsed_free(struct parsed *p)
{
	free(p->bytes);
	free(p);
}

static void
check_refused(struct slice text, int code)
{
	struct parsed *p = parse(text);

	if (p->rc != code)
		fail_msg("status %d, not %d: %.*s", p->rc, code, SLICE_ARGS(text));
	assert_int_equal(p->err.code, code);
	assert_true(strlen(p->err.message) > 20);
	parsed_free(p);
}

static struct note_key
key_of(const char *text)
{
	struct note_key key;

	assert_int_equal(note_key_parse(slice_of(text), &key, NULL), 0);
	return key;
}

static enum note_verdict
verdict_of(const char *note_text, const char *key_text)
{
	struct note_key key = key_of(key_text);
	struct parsed *p = parse(slice_of(note_text));
	enum note_verdict verdict;

	assert_int_equal(p->rc, 0);
	verdict = note_verify(&p->note, &key);
	parsed_free(p);
	return verdict;
}

/* ---- keys ---- */

static void
key_of_the_vector(void **state)
{
	struct note_key key = key_of(FOO_KEY);
	char text[NOTE_KEY_TEXT];

	(void)state;
	assert_true(slice_is(key.name, "example.com/foo"));
	assert_int_equal(key.algorithm, NOTE_ED25519);
	assert_memory_equal(key.id, "\x53\x0d\x90\x3a", 4);
	note_key_make("example.com/foo", NOTE_ED25519, key.public_key, text);
	assert_string_equal(text, FOO_KEY);
}

static void
made_keys_parse(void **state)
{
	static const enum note_algorithm algorithms[] = {NOTE_ED25519, NOTE_COSIGNATURE_V1};
	char name[NOTE_NAME_MAX + 1], text[NOTE_KEY_TEXT];

	(void)state;
	memset(name, 'n', NOTE_NAME_MAX);
	name[NOTE_NAME_MAX] = '\0';
	for (size_t i = 0; i < 2; i++) {
		struct note_key key;

		note_key_make(name, algorithms[i], public_key, text);
		key = key_of(text);
		assert_int_equal(key.algorithm, algorithms[i]);
		assert_true(slice_is(key.name, name));
		assert_memory_equal(key.public_key, public_key, sizeof public_key);
	}
}

static void
keys_that_are_refused(void **state)
{
	static const char *const keys[] = {
	    "",
	    "example.com/foo",
	    "example.com/foo+530d903a",
	    "example.com/foo+530d903a+",
	    "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    /* another id, another name, upper case, seven digits */
	    "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    "example.com/foo+530d903+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    /* another algorithm */
	    "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    /* a byte less, a byte more, a space or newline after, a plus more */
	    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",
	    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2kAA==",
	    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k ",
	    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
	    FOO_KEY "+",
	    "example.com /foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	};

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		struct err err = {.code = 0};
		struct note_key key;

		if (note_key_parse(slice_of(keys[i]), &key, &err) != ERR_REFUSED)
			fail_msg("accepted: %s", keys[i]);
		assert_int_equal(err.code, ERR_REFUSED);
	}
}

static void
names(void **state)
{
	static const char *const bad[] = {"", "a b", "a+b", "a\tb", "a\nb", "a\x01", "\xff", "a\xc2\x85", "a\xc2\xa0",
	    "\xe1\x9a\x80", "\xe2\x80\x83", "\xe2\x80\xa8", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80",
	    "a\xe3\x80"};
	static const char *const good[] = {"a", "example.com/foo", "\xe6\x8a\xbd\xe6\x9f\xa5", "\xe2\x80\x94",
	    "a-b_c.d:8"};
	char longest[NOTE_NAME_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(note_name_ok(slice_of(bad[i])));
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(note_name_ok(slice_of(good[i])));
	memset(longest, 'n', sizeof longest);
	assert_true(note_name_ok((struct slice){longest, NOTE_NAME_MAX}));
	assert_false(note_name_ok((struct slice){longest, NOTE_NAME_MAX + 1}));
}

/* ---- notes ---- */

static void
the_vector_verifies(void **state)
{
	struct parsed *p = parse(slice_of(FOO_NOTE));

	(void)state;
	assert_int_equal(p->rc, 0);
	assert_true(slice_is(p->note.text, FOO_TEXT));
	assert_int_equal(p->note.n_signatures, 1);
	assert_true(slice_is(p->note.signatures[0].name, "example.com/foo"));
	assert_int_equal(p->note.signatures[0].len, 64);
	parsed_free(p);
	assert_int_equal(verdict_of(FOO_NOTE, FOO_KEY), NOTE_TRUE);
	assert_int_equal(verdict_of("this is an example message.\n\n" FOO_LINE, FOO_KEY), NOTE_FALSE);
}

static void
notes_with_odd_texts(void **state)
{
	(void)state;
	/* The last empty line is the one that counts. */
	assert_int_equal(verdict_of("a\n\nb\n\n\n" FOO_LINE, FOO_KEY), NOTE_FALSE);
	assert_int_equal(verdict_of("\n\n" FOO_LINE, FOO_KEY), NOTE_FALSE);
	/* What Go lets stand: characters above U+007E, U+FFFD itself. */
	assert_int_equal(verdict_of("\x7f\xc2\x80\xef\xbf\xbd\n\n" FOO_LINE, FOO_KEY), NOTE_FALSE);
}

static void
malformed_notes(void **state)
{
	static const struct slice notes[] = {
#define NOTE(text) {text, sizeof text - 1}
	    NOTE(""),
	    NOTE("\n"),
	    NOTE("\n\n"),
	    NOTE(FOO_TEXT),
	    NOTE(FOO_TEXT "\n"),
	    /* no empty line, nothing before it, something else after it */
	    NOTE(FOO_TEXT FOO_LINE),
	    NOTE(FOO_LINE),
	    NOTE("\n" FOO_LINE),
	    NOTE(FOO_NOTE "a line more\n"),
	    NOTE(FOO_NOTE "\n"),
	    NOTE(FOO_NOTE "\n\n"),
	    NOTE(FOO_TEXT "\n\nx\n" FOO_LINE),
	    /* no last newline */
	    NOTE(FOO_TEXT "\n" DASH "example.com/foo " FOO_BASE64),
	    NOTE(FOO_NOTE DASH "example.com/bar " FOO_BASE64),
	    /* CR, other control characters, NUL, broken UTF-8 */
	    NOTE("This is an example message.\r\n\n" FOO_LINE),
	    NOTE("a\r\n\r\n" DASH "example.com/foo " FOO_BASE64 "\r\n"),
	    NOTE(FOO_TEXT "\n" DASH "example.com/foo " FOO_BASE64 "\r\n"),
	    NOTE("\x01" FOO_NOTE),
	    NOTE("a\tb\n\n" FOO_LINE),
	    NOTE("\0" FOO_NOTE),
	    NOTE("\x1f" FOO_NOTE),
	    NOTE("\xff" FOO_NOTE),
	    NOTE("\xc0\xaf" FOO_NOTE),
	    NOTE("\xed\xa0\x80" FOO_NOTE),
	    NOTE("a\n\n" DASH "x\xe2\x80 " FOO_BASE64 "\n"),
	    /* hyphen, en dash, horizontal bar, no dash, no space, a wide one, two, space before */
	    NOTE("a\n\n- example.com/foo " FOO_BASE64 "\n"),
	    NOTE("a\n\n\xe2\x80\x93 example.com/foo " FOO_BASE64 "\n"),
	    NOTE("a\n\n\xe2\x80\x95 example.com/foo " FOO_BASE64 "\n"),
	    NOTE("a\n\nexample.com/foo " FOO_BASE64 "\n"),
	    NOTE("a\n\n\xe2\x80\x94"
	         "example.com/foo " FOO_BASE64 "\n"),
	    NOTE("a\n\n\xe2\x80\x94\xc2\xa0"
	         "example.com/foo " FOO_BASE64 "\n"),
	    NOTE("a\n\n" DASH " example.com/foo " FOO_BASE64 "\n"),
	    NOTE("a\n\n " DASH "example.com/foo " FOO_BASE64 "\n"),
	    /* names */
	    NOTE("a\n\n" DASH " " FOO_BASE64 "\n"),
	    NOTE("a\n\n" DASH "a+b " FOO_BASE64 "\n"),
	    NOTE("a\n\n" DASH "a\xe3\x80\x80"
	         "b " FOO_BASE64 "\n"),
	    NOTE("a\n\n" DASH "\n"),
	    /* base64: none, too short, not padded, padded twice, bits left over, another alphabet, space, more */
	    NOTE("a\n\n" DASH "example.com/foo\n"),
	    NOTE("a\n\n" DASH "example.com/foo \n"),
	    NOTE("a\n\n" DASH "example.com/foo AAAAAA==\n"),
	    NOTE("a\n\n" DASH "example.com/foo AAAAAAA\n"),
	    NOTE("a\n\n" DASH "example.com/foo AAAAAAAA=\n"),
	    NOTE("a\n\n" DASH "example.com/foo AAAAAAAAA===\n"),
	    NOTE("a\n\n" DASH "example.com/foo AAAAAAB=\n"),
	    NOTE("a\n\n" DASH "example.com/foo AAAAAAAAAB==\n"),
	    NOTE("a\n\n" DASH "example.com/foo AAAAAA-_\n"),
	    NOTE("a\n\n" DASH "example.com/foo AAAA AAAA\n"),
	    NOTE("a\n\n" DASH "example.com/foo AAAAAAAA \n"),
	    NOTE("a\n\n" DASH "example.com/foo AAAAAAA=AAAA\n"),
	    NOTE("a\n\n" DASH "example.com/foo AAAA*AAA\n"),
	    NOTE("a\n\n" DASH "example.com/foo ====\n"),
#undef NOTE
	};

	(void)state;
	for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++)
		check_refused(notes[i], ERR_REFUSED);
}

/* The limits of what is said to be well-formed, from inside. */
static void
wellformed_notes(void **state)
{
	static const char *const notes[] = {
	    "a\n\n" DASH "example.com/foo AAAAAAA=\n",
	    "a\n\n" DASH "example.com/foo AAAAAAAA\n",
	    "a\n\n" DASH "example.com/foo AAAAAAAAAA==\n",
	    "a\n\n" DASH "x AAAAAAA=\n" DASH "x AAAAAAA=\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++)
		assert_int_equal(verdict_of(notes[i], FOO_KEY), NOTE_ABSENT);
}

static void
at_most_100_signatures(void **state)
{
	struct buf note;

	(void)state;
	buf_init(&note, NOTE_MAX);
	buf_text(&note, FOO_NOTE);
	for (int i = 0; i < 99; i++)
		buf_text(&note, DASH "x AAAAAAA=\n");
	buf_byte(&note, '\0');
	assert_int_equal(verdict_of(note.data, FOO_KEY), NOTE_TRUE);
	note.len--;
	buf_text(&note, DASH "x AAAAAAA=\n");
	check_refused(buf_view(&note), ERR_LIMIT);
	buf_release(&note);
}

static void
at_most_a_mebibyte(void **state)
{
	size_t line = sizeof FOO_LINE - 1, size = 2 * NOTE_MAX;
	char *bytes = malloc(size);
	struct parsed *p;

	(void)state;
	assert_non_null(bytes);
	memset(bytes, 'a', size);
	memcpy(bytes + size - line - 2, "\n\n" FOO_LINE, line + 2);
	check_refused((struct slice){bytes, size}, ERR_LIMIT);
	check_refused((struct slice){bytes + size - NOTE_MAX - 1, NOTE_MAX + 1}, ERR_LIMIT);
	p = parse((struct slice){bytes + size - NOTE_MAX, NOTE_MAX});
	assert_int_equal(p->rc, 0);
	parsed_free(p);
	free(bytes);
}

/* A signature of a kind to come: accepted where its base64 is canonical all along, and by nobody that we know. */
static void
long_signatures(void **state)
{
	static const size_t lengths[] = {77, 187, 188, 189, 192, 383, 384, 385, 3000};
	static uint8_t bytes[3004];
	static char base64[4100], text[4200];
	struct note_key key = key_of(FOO_KEY);

	(void)state;
	memcpy(bytes, key.id, sizeof key.id);
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		struct parsed *p;
		size_t chars, at;

		sodium_bin2base64(base64, sizeof base64, bytes, lengths[i], sodium_base64_VARIANT_ORIGINAL);
		chars = strlen(base64);
		(void)snprintf(text, sizeof text, "a\n\n" DASH "example.com/foo %s\n", base64);
		p = parse(slice_of(text));
		assert_int_equal(p->rc, 0);
		assert_int_equal(p->note.signatures[0].len, 0);
		assert_int_equal(note_verify(&p->note, &key), NOTE_FALSE);
		parsed_free(p);
		for (at = 0; at < chars - 4; at++) {
			char *c = strstr(text, "foo ") + 4 + at;
			char was = *c;

			*c = '=';
			check_refused(slice_of(text), ERR_REFUSED);
			*c = '-';
			check_refused(slice_of(text), ERR_REFUSED);
			*c = was;
		}
	}
}

static void
names_of_strangers_may_be_long(void **state)
{
	static char text[1000] = "a\n\n" DASH;
	size_t len = strlen(text);

	(void)state;
	memset(text + len, 'n', 600);
	memcpy(text + len + 600, " AAAAAAA=\n", sizeof " AAAAAAA=\n");
	assert_int_equal(verdict_of(text, FOO_KEY), NOTE_ABSENT);
}

static void
nothing_is_touched_on_failure(void **state)
{
	static struct note note;
	struct note_key key = {.algorithm = NOTE_ED25519};
	struct checkpoint checkpoint = {.size = 77};

	(void)state;
	note.n_signatures = 77;
	assert_int_equal(note_parse(slice_of(FOO_NOTE "x\n"), &note, NULL), ERR_REFUSED);
	assert_int_equal(note.n_signatures, 77);
	assert_int_equal(note_key_parse(slice_of(FOO_KEY "x"), &key, NULL), ERR_REFUSED);
	assert_null(key.name.p);
	assert_int_equal(checkpoint_parse(slice_of("a\n1\n"), &checkpoint, NULL), ERR_REFUSED);
	assert_int_equal(checkpoint.size, 77);
}

/* ---- signatures ---- */

static void
signed_notes_verify(void **state)
{
	char key_text[NOTE_KEY_TEXT], cosigner_text[NOTE_KEY_TEXT];
	struct note_key key, cosigner;
	struct parsed *p;
	uint64_t time = 5;
	struct buf note;

	(void)state;
	note_key_make("log.example", NOTE_ED25519, public_key, key_text);
	note_key_make("log.example", NOTE_COSIGNATURE_V1, public_key, cosigner_text);
	key = key_of(key_text);
	cosigner = key_of(cosigner_text);

	buf_init(&note, NOTE_MAX);
	buf_text(&note, "a\nb\n\n");
	note_sign(slice_of("a\nb\n"), "log.example", secret_key, &note);
	assert_false(note.failed);
	p = parse(buf_view(&note));
	assert_int_equal(p->rc, 0);
	assert_int_equal(note_verify(&p->note, &key), NOTE_TRUE);
	assert_int_equal(note_verify_cosignature(&p->note, &cosigner, &time), NOTE_ABSENT);
	/* A key of the one kind is no key of the other. */
	assert_int_equal(note_verify(&p->note, &cosigner), NOTE_ABSENT);
	assert_int_equal(note_verify_cosignature(&p->note, &key, &time), NOTE_ABSENT);
	assert_int_equal(time, 5);
	parsed_free(p);

	note_cosign(slice_of("a\nb\n"), "log.example", secret_key, 1700000000, &note);
	note_cosign(slice_of("a\nb\n"), "log.example", secret_key, 1600000000, &note);
	note_cosign(slice_of("a\nb\n"), "log.example", secret_key, TIME_LIMIT - 1, &note);
	p = parse(buf_view(&note));
	assert_int_equal(p->rc, 0);
	assert_int_equal(note_verify(&p->note, &key), NOTE_TRUE);
	assert_int_equal(note_verify_cosignature(&p->note, &cosigner, &time), NOTE_TRUE);
	assert_int_equal(time, 1600000000);
	assert_int_equal(note_verify(&p->note, &cosigner), NOTE_ABSENT);
	parsed_free(p);

	/* One false line among true ones is a false cosignature. */
	note_cosign(slice_of("a\nc\n"), "log.example", secret_key, 1500000000, &note);
	p = parse(buf_view(&note));
	time = 5;
	assert_int_equal(note_verify(&p->note, &key), NOTE_TRUE);
	assert_int_equal(note_verify_cosignature(&p->note, &cosigner, &time), NOTE_FALSE);
	assert_int_equal(time, 5);
	parsed_free(p);
	buf_release(&note);
}

/* The verdict on a cosignature of this time; `ret_time` is 5 where there is none. */
static enum note_verdict
verdict_at(uint64_t at, uint64_t *ret_time)
{
	char key_text[NOTE_KEY_TEXT];
	enum note_verdict verdict;
	struct note_key key;
	struct parsed *p;
	struct buf note;

	*ret_time = 5;
	note_key_make("w", NOTE_COSIGNATURE_V1, public_key, key_text);
	key = key_of(key_text);
	buf_init(&note, NOTE_MAX);
	buf_text(&note, "a\n\n");
	note_cosign(slice_of("a\n"), "w", secret_key, at, &note);
	p = parse(buf_view(&note));
	assert_int_equal(p->rc, 0);
	verdict = note_verify_cosignature(&p->note, &key, ret_time);
	parsed_free(p);
	buf_release(&note);
	return verdict;
}

/* A time is below 2^53, like every integer: what is not is a false cosignature, whoever signed it. */
static void
times_of_cosignatures(void **state)
{
	static const uint64_t above[] = {TIME_LIMIT, TIME_LIMIT + 1, (uint64_t)INT64_MAX, (uint64_t)INT64_MAX + 1,
	    UINT64_MAX};
	uint64_t time;

	(void)state;
	assert_int_equal(verdict_at(0, &time), NOTE_TRUE);
	assert_true(time == 0);
	assert_int_equal(verdict_at(TIME_LIMIT - 1, &time), NOTE_TRUE);
	assert_true(time == TIME_LIMIT - 1);
	for (size_t i = 0; i < sizeof above / sizeof above[0]; i++) {
		assert_int_equal(verdict_at(above[i], &time), NOTE_FALSE);
		assert_true(time == 5);
	}
}

/* Two lines of the log, one of them false. */
static void
one_false_line_is_enough(void **state)
{
	static const char broken[] =
	    "example.com/foo "
	    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQQ=\n";
	char text[512];

	(void)state;
	(void)snprintf(text, sizeof text, FOO_NOTE DASH "%s", broken);
	assert_int_equal(verdict_of(text, FOO_KEY), NOTE_FALSE);
	(void)snprintf(text, sizeof text, FOO_TEXT "\n" DASH "%s" FOO_LINE, broken);
	assert_int_equal(verdict_of(text, FOO_KEY), NOTE_FALSE);
	/* The same name with another id is another key. */
	(void)snprintf(text, sizeof text, FOO_NOTE DASH "example.com/foo AAAAAAAA\n");
	assert_int_equal(verdict_of(text, FOO_KEY), NOTE_TRUE);
	/* The right id and too short a signature. */
	(void)snprintf(text, sizeof text, FOO_NOTE DASH "example.com/foo Uw2QOkn8\n");
	assert_int_equal(verdict_of(text, FOO_KEY), NOTE_FALSE);
}

/* A note "a" with this signature by this key. */
static enum note_verdict
verdict_on(const uint8_t key_bytes[32], const uint8_t signature[64])
{
	char key_text[NOTE_KEY_TEXT], base64[128], text[512];
	uint8_t bytes[68];
	struct note_key key;

	note_key_make("k", NOTE_ED25519, key_bytes, key_text);
	key = key_of(key_text);
	memcpy(bytes, key.id, 4);
	memcpy(bytes + 4, signature, 64);
	sodium_bin2base64(base64, sizeof base64, bytes, sizeof bytes, sodium_base64_VARIANT_ORIGINAL);
	(void)snprintf(text, sizeof text, "a\n\n" DASH "k %s\n", base64);
	return verdict_of(text, key_text);
}

/*
 * With the neutral point as the key, R = B and S = 1 satisfy the equation for every message: a verifier that does not
 * look at the key says true.
 */
static void
small_order_keys_verify_nothing(void **state)
{
	static const uint8_t neutral[32] = {1};
	uint8_t signature[64] = {0}, order_2[32], other_neutral[32];

	(void)state;
	memset(signature, 0x66, 32);
	signature[0] = 0x58;
	signature[32] = 1;
	assert_int_equal(verdict_on(neutral, signature), NOTE_FALSE);
	memset(order_2, 0xff, 32);
	order_2[0] = 0xec;
	order_2[31] = 0x7f;
	assert_int_equal(verdict_on(order_2, signature), NOTE_FALSE);
	/* The same point written as y + p. */
	memset(other_neutral, 0xff, 32);
	other_neutral[0] = 0xee;
	other_neutral[31] = 0x7f;
	assert_int_equal(verdict_on(other_neutral, signature), NOTE_FALSE);
	/* And the neutral point as R. */
	memset(signature, 0, sizeof signature);
	signature[0] = 1;
	assert_int_equal(verdict_on(neutral, signature), NOTE_FALSE);
	assert_int_equal(verdict_on(public_key, signature), NOTE_FALSE);
}

/* S + L satisfies the equation as well as S does. */
static void
s_is_canonical(void **state)
{
	static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde,
	    0xf9, 0xde, 0x14, [31] = 0x10};
	uint8_t signature[64];
	unsigned carry = 0;

	(void)state;
	crypto_sign_detached(signature, NULL, (const unsigned char *)"a\n", 2, secret_key);
	assert_int_equal(verdict_on(public_key, signature), NOTE_TRUE);
	for (size_t i = 0; i < 32; i++) {
		carry += (unsigned)signature[32 + i] + order[i];
		signature[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(carry, 0);
	assert_int_equal(verdict_on(public_key, signature), NOTE_FALSE);
}

static void
signing_needs_room(void **state)
{
	struct buf line;

	(void)state;
	buf_init(&line, 20);
	note_sign(slice_of("a\n"), "w", secret_key, &line);
	assert_true(line.failed);
	buf_release(&line);
	buf_init(&line, 20);
	note_cosign(slice_of("a\n"), "w", secret_key, 1, &line);
	assert_true(line.failed);
	buf_release(&line);
}

/* ---- checkpoints ---- */

#define ROOT "iKtnhkMph/Gx4MI4RaiSbIk8Fdp0ztyuqHPkamZMuBM="

static void
checkpoints_round_trip(void **state)
{
	static const char *const texts[] = {
	    "spotcheck.example.org\n13\n" ROOT "\n",
	    "o\n0\n" ROOT "\n",
	    "an origin with spaces\n9007199254740991\n" ROOT "\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct checkpoint checkpoint;
		struct buf out;

		assert_int_equal(checkpoint_parse(slice_of(texts[i]), &checkpoint, NULL), 0);
		buf_init(&out, 1000);
		checkpoint_text(&checkpoint, &out);
		assert_true(slice_is(buf_view(&out), texts[i]));
		buf_release(&out);
	}
}

static void
checkpoints_that_are_refused(void **state)
{
	static const char *const texts[] = {
	    "",
	    "\n",
	    "o\n",
	    "o\n13\n",
	    "o\n13\n" ROOT,
	    "\n13\n" ROOT "\n",
	    /* sizes: a leading zero, 2^53, far more, none, a sign, not a number */
	    "o\n013\n" ROOT "\n",
	    "o\n00\n" ROOT "\n",
	    "o\n9007199254740992\n" ROOT "\n",
	    "o\n18446744073709551629\n" ROOT "\n",
	    "o\n\n" ROOT "\n",
	    "o\n-1\n" ROOT "\n",
	    "o\n+1\n" ROOT "\n",
	    "o\n 1\n" ROOT "\n",
	    "o\n0x1\n" ROOT "\n",
	    /* extension lines */
	    "o\n13\n" ROOT "\nmore\n",
	    "o\n13\n" ROOT "\n\n",
	    "o\n13\n" ROOT "\nmore",
	    /* roots: 31 bytes, 33, none, bits left over, a space */
	    "o\n13\niKtnhkMph/Gx4MI4RaiSbIk8Fdp0ztyuqHPkamZMuA==\n",
	    "o\n13\niKtnhkMph/Gx4MI4RaiSbIk8Fdp0ztyuqHPkamZMuBMA\n",
	    "o\n13\n\n",
	    "o\n13\niKtnhkMph/Gx4MI4RaiSbIk8Fdp0ztyuqHPkamZMuBN=\n",
	    "o\n13\niKtnhkMph/Gx4MI4RaiSbIk8Fdp0ztyuqHPkamZMuBM\n",
	    "o\n13\n" ROOT " \n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct err err = {.code = 0};
		struct checkpoint checkpoint;

		if (checkpoint_parse(slice_of(texts[i]), &checkpoint, &err) != ERR_REFUSED)
			fail_msg("accepted: %s", texts[i]);
		assert_int_equal(err.code, ERR_REFUSED);
	}
}

/* ---- the example log ---- */

#define WITNESSES 3

static const char *const example_notes[] = {
    "example/checkpoint",
    "example/draws/0001/commit.checkpoint",
    "example/draws/0001/outcome.checkpoint",
    "example/draws/0002/commit.checkpoint",
    "example/draws/0002/outcome.checkpoint",
    "example/draws/0003/commit.checkpoint",
    "example/draws/0003/outcome.checkpoint",
    "example/archive/0003.checkpoint",
    "example/archive/0021.checkpoint",
};
#define EXAMPLES (sizeof example_notes / sizeof example_notes[0])

/* The log's key, and the witnesses' as entry 0 names them. */
static struct {
	char *vkey, *bundle;
	struct note_key log, witnesses[WITNESSES];
} example;

static int
load_example(void **state)
{
	size_t vkey_len, bundle_len;
	char *at;

	(void)state;
	example.vkey = support_read("example/vkey", &vkey_len);
	example.bundle = support_read("example/tile/entries/000.p/22", &bundle_len);
	assert_true(vkey_len > 1 && bundle_len > 2);
	if (note_key_parse((struct slice){example.vkey, vkey_len - 1}, &example.log, NULL) != 0)
		return -1;
	at = example.bundle + 2;
	for (size_t i = 0; i < WITNESSES; i++) {
		char *end;

		at = strstr(at, "\"witness");
		assert_non_null(at);
		/* "witnesses" is the key before them. */
		if (strncmp(at, "\"witnesses\"", 11) == 0)
			at = strstr(at + 1, "\"witness");
		assert_non_null(at);
		end = strchr(at + 1, '"');
		assert_non_null(end);
		if (note_key_parse((struct slice){at + 1, (size_t)(end - at - 1)}, &example.witnesses[i], NULL) != 0)
			return -1;
		at = end;
	}
	return 0;
}

static int
free_example(void **state)
{
	(void)state;
	free(example.vkey);
	free(example.bundle);
	return 0;
}

static void
example_notes_verify(void **state)
{
	(void)state;
	for (size_t i = 0; i < EXAMPLES; i++) {
		size_t len;
		char *bytes = support_read(example_notes[i], &len);
		struct parsed *p = parse((struct slice){bytes, len});
		struct checkpoint checkpoint;

		assert_int_equal(p->rc, 0);
		assert_int_equal(note_verify(&p->note, &example.log), NOTE_TRUE);
		assert_int_equal(checkpoint_parse(p->note.text, &checkpoint, NULL), 0);
		assert_true(slice_is(checkpoint.origin, "spotcheck.example.org"));
		assert_true(slice_eq(checkpoint.origin, example.log.name));
		for (size_t w = 0; w < WITNESSES; w++) {
			enum note_verdict verdict;
			uint64_t time = 0;

			verdict = note_verify_cosignature(&p->note, &example.witnesses[w], &time);
			/* Not every witness is on every note; none is false. */
			assert_int_not_equal(verdict, NOTE_FALSE);
			assert_int_equal(verdict == NOTE_TRUE, time > 1600000000 && time < 1800000000);
		}
		parsed_free(p);
		free(bytes);
	}
}

/* The verdict on one signer of a note that may not even parse; w is a witness, or WITNESSES for the log. */
static enum note_verdict
example_verdict(const char *bytes, size_t len, size_t w)
{
	struct parsed *p = parse((struct slice){bytes, len});
	enum note_verdict verdict = NOTE_ABSENT;
	uint64_t time;

	if (p->rc == 0 && w == WITNESSES)
		verdict = note_verify(&p->note, &example.log);
	else if (p->rc == 0)
		verdict = note_verify_cosignature(&p->note, &example.witnesses[w], &time);
	parsed_free(p);
	return verdict;
}

/* Changes each byte in [from, to), in each bit and to some bytes that mean something: signer w never verifies. */
static void
no_change_verifies(char *bytes, size_t len, size_t from, size_t to, size_t w)
{
	static const char special[] = {'\n', ' ', '=', '+', 'A', '\0', '\r'};

	for (size_t at = from; at < to; at++) {
		char was = bytes[at];

		for (size_t i = 0; i < 8 + sizeof special; i++) {
			bytes[at] = (char)(i < 8 ? was ^ 1 << i : special[i - 8]);
			if (bytes[at] != was && example_verdict(bytes, len, w) == NOTE_TRUE)
				fail_msg("byte %zu as 0x%02x verifies", at, (unsigned char)bytes[at]);
		}
		bytes[at] = was;
	}
}

/* Where the line of a signer begins, or NULL. */
static char *
line_of(char *bytes, struct slice name)
{
	char prefix[300];

	(void)snprintf(prefix, sizeof prefix, DASH "%.*s ", SLICE_ARGS(name));
	return strstr(bytes, prefix);
}

static void
changed_lines_never_verify(void **state)
{
	size_t tried = 0;

	(void)state;
	for (size_t i = 0; i < EXAMPLES; i++) {
		size_t len;
		char *bytes = support_read(example_notes[i], &len);

		for (size_t w = 0; w <= WITNESSES; w++) {
			char *line = line_of(bytes, w == WITNESSES ? example.log.name : example.witnesses[w].name);
			size_t from;

			if (line == NULL)
				continue;
			from = (size_t)(line - bytes);
			assert_int_equal(example_verdict(bytes, len, w), NOTE_TRUE);
			no_change_verifies(bytes, len, from, from + strcspn(line, "\n") + 1, w);
			tried++;
		}
		free(bytes);
	}
	assert_true(tried > 2 * EXAMPLES);
}

static void
changed_texts_never_verify(void **state)
{
	size_t len, text_len;
	char *bytes = support_read(example_notes[0], &len);

	(void)state;
	text_len = (size_t)(strstr(bytes, "\n\n") - bytes) + 1;
	for (size_t w = 0; w <= WITNESSES; w++)
		no_change_verifies(bytes, len, 0, text_len + 1, w);
	free(bytes);
}

/* Cut anywhere, a note is refused or holds whole lines only. */
static void
cut_notes(void **state)
{
	size_t len;
	char *bytes = support_read(example_notes[0], &len);

	(void)state;
	for (size_t cut = 0; cut < len; cut++) {
		struct parsed *p = parse((struct slice){bytes, cut});

		assert_true(p->rc != 0 || bytes[cut - 1] == '\n');
		assert_true(p->rc != 0 || note_verify(&p->note, &example.log) == NOTE_TRUE);
		parsed_free(p);
	}
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(key_of_the_vector),
	    cmocka_unit_test(made_keys_parse),
	    cmocka_unit_test(keys_that_are_refused),
	    cmocka_unit_test(names),
	    cmocka_unit_test(the_vector_verifies),
	    cmocka_unit_test(notes_with_odd_texts),
	    cmocka_unit_test(malformed_notes),
	    cmocka_unit_test(wellformed_notes),
	    cmocka_unit_test(at_most_100_signatures),
	    cmocka_unit_test(at_most_a_mebibyte),
	    cmocka_unit_test(long_signatures),
	    cmocka_unit_test(names_of_strangers_may_be_long),
	    cmocka_unit_test(nothing_is_touched_on_failure),
	    cmocka_unit_test(signed_notes_verify),
	    cmocka_unit_test(times_of_cosignatures),
	    cmocka_unit_test(one_false_line_is_enough),
	    cmocka_unit_test(small_order_keys_verify_nothing),
	    cmocka_unit_test(s_is_canonical),
	    cmocka_unit_test(signing_needs_room),
	    cmocka_unit_test(checkpoints_round_trip),
	    cmocka_unit_test(checkpoints_that_are_refused),
	    cmocka_unit_test_setup_teardown(example_notes_verify, load_example, free_example),
	    cmocka_unit_test_setup_teardown(changed_lines_never_verify, load_example, free_example),
	    cmocka_unit_test_setup_teardown(changed_texts_never_verify, load_example, free_example),
	    cmocka_unit_test_setup_teardown(cut_notes, load_example, free_example),
	};

	return cmocka_run_group_tests(tests, make_keys, NULL);
}
