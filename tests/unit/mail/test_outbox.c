/*
 * The outbox: what is added once, what each state may become, and that an interrupted delivery is neither lost nor
 * doubled.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/hash.h"
#include "mail/maildir.h"
#include "mail/outbox.h"
#include "mail/outbox_delivery.h"
#include "mail/outbox_keep.h"
#include "scratch.h"

#define S slice_of
#define NOW 1782090000
#define DATE 20628 /* 2026-06-24 */
#define DAY 86400
#define KEEP (90 * DAY)
#define FILE_MAX ((size_t)4 << 20)

static char dir[SCRATCH_PATH], mail[SCRATCH_PATH + 8];
static struct store *store;

static int
set_up(void **state)
{
	struct err err = {0};

	(void)state;
	if (!scratch_make(dir))
		return -1;
	(void)snprintf(mail, sizeof mail, "%s/mail", dir);
	if (store_open(dir, STORE_CREATE, &store, &err) != 0) {
		print_error("%s\n", err.message);
		return -1;
	}
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	store_close(store);
	return scratch_remove(dir);
}

static struct outbox_letter
letter(unsigned draw, unsigned amendment, const char *inspector, const char *kind)
{
	static char id[64];

	(void)snprintf(id, sizeof id, "<%u.%u.%s.%s@x>", draw, amendment, inspector, kind);
	return (struct outbox_letter){
	    .draw = draw,
	    .amendment = amendment,
	    .inspector = S(inspector),
	    .day = DATE,
	    .kind = S(kind),
	    .sender = S("a@example.org"),
	    .recipient = S("b@example.org"),
	    .subject = S("subject"),
	    .message_id = S(id),
	    .message = S("To: b\r\n\r\ntext\r\n"),
	    .not_before = NOW,
	    .give_up = NOW + 3600,
	};
}

static bool
add(const struct outbox_letter *l)
{
	struct err err = {0};
	bool added = false;

	assert_int_equal(store_begin(store, &err), 0);
	if (outbox_add(store, l, NOW, &added, &err) != 0 || store_commit(store, &err) != 0)
		fail_msg("%s", err.message);
	return added;
}

static int
keep_row(void *ctx, const struct outbox_row *row)
{
	static char reply[ERR_MESSAGE_BYTES + 1];
	struct outbox_row *kept = ctx;

	*kept = *row;
	(void)snprintf(reply, sizeof reply, "%.*s", (int)row->reply.n, row->reply.n == 0 ? "" : row->reply.p);
	kept->reply = S(reply);
	return 0;
}

static struct outbox_row
get(int64_t id)
{
	struct outbox_row row = {0};
	struct err err = {0};

	if (outbox_get(store, id, keep_row, &row, &err) != 0)
		fail_msg("%s", err.message);
	return row;
}

static struct outbox_tally
deliver(int64_t now)
{
	struct outbox_tally tally = {0};
	struct err err = {0};

	if (outbox_deliver_maildir(store, mail, now, &tally, &err) != 0)
		fail_msg("%s", err.message);
	return tally;
}

static unsigned
files(const char *part)
{
	char path[SCRATCH_PATH + 16];

	(void)snprintf(path, sizeof path, "%s/%s", mail, part);
	return scratch_count(path);
}

static void
added_once(void **state)
{
	struct outbox_letter a = letter(7, 0, "I001", "assignment");
	uint64_t counts[OUTBOX_STATES];
	struct outbox_row row;

	(void)state;
	assert_true(add(&a));
	a.message = S("other");
	assert_false(add(&a));
	row = get(1);
	assert_int_equal(row.state, OUTBOX_QUEUED);
	assert_int_equal(row.draw, 7);
	assert_int_equal(row.message_len, strlen("To: b\r\n\r\ntext\r\n"));
	assert_int_equal(row.attempts, 0);
	a = letter(7, 1, "I001", "updated");
	assert_true(add(&a));
	a = letter(7, 1, "I001", "cancelled");
	assert_true(add(&a));
	a = letter(7, 0, "I002", "assignment");
	assert_true(add(&a));
	a = letter(8, 0, "I001", "assignment");
	assert_true(add(&a));
	assert_int_equal(outbox_count(store, counts, NULL), 0);
	assert_int_equal(counts[OUTBOX_QUEUED], 5);
	assert_int_equal(counts[OUTBOX_SENT], 0);
}

/* With the draw it belongs to, or not at all. */
static void
belongs_to_the_transaction(void **state)
{
	struct outbox_letter a = letter(7, 0, "I001", "assignment");
	uint64_t counts[OUTBOX_STATES];
	bool added;

	(void)state;
	assert_int_equal(store_begin(store, NULL), 0);
	assert_int_equal(outbox_add(store, &a, NOW, &added, NULL), 0);
	assert_true(added);
	store_rollback(store);
	assert_int_equal(outbox_count(store, counts, NULL), 0);
	assert_int_equal(counts[OUTBOX_QUEUED], 0);
}

static void
delivered_when_due(void **state)
{
	struct outbox_letter a = letter(7, 0, "I001", "assignment");
	struct outbox_tally tally;
	struct outbox_row row;
	int64_t next;

	(void)state;
	assert_int_equal(outbox_next(store, &next, NULL), 0);
	assert_true(next == INT64_MAX);
	a.not_before = NOW + 100;
	assert_true(add(&a));
	a = letter(7, 0, "I002", "assignment");
	assert_true(add(&a));
	assert_int_equal(outbox_next(store, &next, NULL), 0);
	assert_int_equal(next, NOW);
	tally = deliver(NOW);
	assert_int_equal(tally.sent, 1);
	assert_int_equal(files("new"), 1);
	assert_int_equal(get(1).state, OUTBOX_QUEUED);
	row = get(2);
	assert_int_equal(row.state, OUTBOX_SENT);
	assert_int_equal(row.attempts, 1);
	assert_true(row.reply.n > 4 && memcmp(row.reply.p, "new/", 4) == 0);
	tally = deliver(NOW + 100);
	assert_int_equal(tally.sent, 1);
	tally = deliver(NOW + 200);
	assert_int_equal(tally.sent, 0);
	assert_int_equal(files("new"), 2);
}

/* The process died between delivering and saying so, or before. */
static void
interrupted(void **state)
{
	struct outbox_letter a = letter(7, 0, "I001", "assignment");
	struct outbox_claim claim = {0};
	struct maildir *maildir = NULL;
	bool claimed = false;

	(void)state;
	assert_true(add(&a));
	assert_int_equal(outbox_claim(store, 1, NOW, &claim, &claimed, NULL), 0);
	assert_true(claimed);
	assert_int_equal(get(1).state, OUTBOX_SENDING);
	assert_int_equal(maildir_open(mail, &maildir, NULL), 0);
	assert_int_equal(maildir_deliver(maildir, buf_view(&claim.message_id), buf_view(&claim.message), NULL, NULL),
	    0);
	maildir_close(maildir);
	outbox_claim_release(&claim);
	assert_int_equal(deliver(NOW + 1).sent, 1);
	assert_int_equal(get(1).state, OUTBOX_SENT);
	assert_int_equal(files("new"), 1);

	a = letter(7, 0, "I002", "assignment");
	assert_true(add(&a));
	assert_int_equal(outbox_claim(store, 2, NOW, &claim, &claimed, NULL), 0);
	outbox_claim_release(&claim);
	assert_int_equal(deliver(NOW + 1).sent, 1);
	assert_int_equal(files("new"), 2);
	assert_int_equal(outbox_claim(store, 2, NOW, &claim, &claimed, NULL), 0);
	assert_false(claimed); /* nobody sends it again */
	outbox_claim_release(&claim);
}

/* A mailer died while it sent: the letter may have left, so it is sent again, and is "unknown" once it is given up. */
static void
unknown_is_sent_again(void **state)
{
	struct outbox_letter a = letter(7, 0, "I001", "assignment");
	struct outbox_claim claims[4];
	enum outbox_state became = OUTBOX_SENT;
	uint64_t interrupted_n = 0, given_up = 0;
	int64_t next = 0, give_up;
	size_t n = 0;

	(void)state;
	assert_true(add(&a));
	a = letter(7, 0, "I002", "assignment");
	assert_true(add(&a));
	assert_int_equal(store_begin(store, NULL), 0);
	assert_int_equal(outbox_claim_due(store, NOW, claims, 1, &n, NULL), 0);
	assert_int_equal(store_commit(store, NULL), 0);
	assert_int_equal(n, 1);
	assert_int_equal(claims[0].id, 1);
	give_up = claims[0].give_up;
	outbox_claim_release(&claims[0]);
	assert_int_equal(outbox_interrupted(store, NOW + 1, &interrupted_n, NULL), 0);
	assert_int_equal(interrupted_n, 1);
	assert_int_equal(get(1).state, OUTBOX_UNKNOWN);

	assert_int_equal(store_begin(store, NULL), 0);
	assert_int_equal(outbox_claim_due(store, NOW + 1, claims, 4, &n, NULL), 0);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++) {
		bool first = claims[i].id == 1;

		assert_int_equal(outbox_settle(store, &claims[i], first ? OUTBOX_UNKNOWN : OUTBOX_QUEUED, false,
		                     slice_of("words"), first ? NOW + 2 : give_up, &became, NULL),
		    0);
		assert_int_equal(became, first ? OUTBOX_UNKNOWN : OUTBOX_FAILED);
	}
	assert_int_equal(outbox_next(store, &next, NULL), 0);
	assert_int_equal(outbox_given_up(store, &given_up, NULL), 0);
	assert_int_equal(given_up, 1);
	assert_in_range(next - NOW, 2 + 90, 2 + 150); /* the second attempt: two minutes, a quarter more or less */
	for (size_t i = 0; i < n; i++) {
		if (claims[i].id == 1)
			assert_int_equal(outbox_settle(store, &claims[i], OUTBOX_UNKNOWN, false, slice_of("words"),
			                     give_up, &became, NULL),
			    0);
		outbox_claim_release(&claims[i]);
	}
	assert_int_equal(store_commit(store, NULL), 0);
	assert_int_equal(get(1).state, OUTBOX_UNKNOWN);
	assert_int_equal(outbox_next(store, &next, NULL), 0);
	assert_true(next == INT64_MAX);
	assert_int_equal(outbox_given_up(store, &given_up, NULL), 0);
	assert_int_equal(given_up, 2); /* one failed, one unknown for good: both raise the alarm */
}

/* A file where the maildir should be: tried again, ever more rarely, until it is given up. */
static void
put_off_and_given_up(void **state)
{
	struct outbox_letter a = letter(7, 0, "I001", "assignment");
	int64_t now = NOW, next = 0;
	unsigned rounds = 0;

	(void)state;
	scratch_write(mail, "in the way");
	assert_true(add(&a));
	assert_int_equal(deliver(now).put_off, 1);
	assert_int_equal(get(1).state, OUTBOX_QUEUED);
	assert_non_null(strstr(get(1).reply.p, "Not a directory"));
	assert_int_equal(deliver(now + 1).put_off, 0);
	for (; get(1).state == OUTBOX_QUEUED; rounds++) {
		assert_int_equal(outbox_next(store, &next, NULL), 0);
		assert_true(next > now && next <= NOW + 3600);
		now = next;
		(void)deliver(now);
		assert_true(rounds < 20);
	}
	assert_int_equal(get(1).state, OUTBOX_FAILED);
	assert_int_equal(now, NOW + 3600);
	assert_int_equal(unlink(mail), 0);
	assert_int_equal(deliver(now).sent, 0);
	assert_int_equal(outbox_retry(store, 1, "tester", now, 3600, NULL), 0);
	assert_int_equal(deliver(now).sent, 1);
	assert_int_equal(get(1).state, OUTBOX_SENT);
}

static void
another_process(void **state)
{
	struct outbox_letter a = letter(7, 0, "I001", "assignment");
	struct maildir *maildir = NULL;
	struct outbox_tally tally = {0};
	struct err err = {0};

	(void)state;
	assert_true(add(&a));
	assert_int_equal(maildir_open(mail, &maildir, NULL), 0);
	assert_int_equal(outbox_deliver_maildir(store, mail, NOW, &tally, &err), ERR_NOT_YET);
	maildir_close(maildir);
	assert_int_equal(get(1).state, OUTBOX_QUEUED);
	assert_int_equal(get(1).attempts, 0);
	assert_int_equal(deliver(NOW).sent, 1);
}

static void
could_not_be_made(void **state)
{
	struct outbox_letter a = letter(7, 0, "I001", "assignment");
	struct err err = {0};

	(void)state;
	a.fault = S("To: one address is needed");
	assert_true(add(&a));
	assert_int_equal(get(1).state, OUTBOX_FAILED);
	assert_int_equal(get(1).message_len, 0);
	assert_true(slice_eq(get(1).reply, a.fault));
	assert_int_equal(deliver(NOW).sent, 0);
	assert_int_equal(outbox_retry(store, 1, "tester", NOW, 60, &err), ERR_REFUSED);
	assert_non_null(strstr(err.message, "To: one address is needed"));
	a.fault = S("another reason");
	assert_true(add(&a));
	assert_true(slice_eq(get(1).reply, a.fault));
	a.fault = S(""); /* the roster was put right */
	assert_true(add(&a));
	assert_int_equal(get(1).state, OUTBOX_QUEUED);
	assert_int_equal(deliver(NOW).sent, 1);
	assert_false(add(&a));
}

static struct outbox_withdrawn
withdraw(const char *inspector)
{
	struct outbox_withdrawn result = {0};
	struct err err = {0};

	assert_int_equal(store_begin(store, &err), 0);
	if (outbox_withdraw(store, 7, S(inspector), DATE, NOW, &result, &err) != 0 || store_commit(store, &err) != 0)
		fail_msg("%s", err.message);
	return result;
}

static void
withdrawn(void **state)
{
	struct outbox_letter a = letter(7, 0, "I001", "assignment");
	struct err err = {0};
	struct outbox_withdrawn result;

	(void)state;
	assert_true(add(&a));
	a = letter(8, 0, "I001", "assignment");
	assert_true(add(&a));
	a = letter(7, 0, "I002", "assignment");
	assert_true(add(&a));
	result = withdraw("I001"); /* before it has heard */
	assert_false(result.told);
	assert_int_equal(result.withdrawn, 1);
	assert_int_equal(get(1).state, OUTBOX_CANCELLED);
	assert_int_equal(get(2).state, OUTBOX_QUEUED);
	assert_int_equal(get(3).state, OUTBOX_QUEUED);
	assert_int_equal(outbox_retry(store, 1, "tester", NOW, 60, &err), ERR_REFUSED);
	assert_int_equal(deliver(NOW).sent, 2);
	result = withdraw("I002");
	assert_true(result.told);
	assert_int_equal(result.withdrawn, 0);
	a = letter(7, 1, "I002", "updated");
	assert_true(add(&a));
	a = letter(7, 1, "I002", "cancelled");
	assert_true(add(&a));
	result = withdraw("I002");
	assert_true(result.told);
	assert_int_equal(result.withdrawn, 1);
	assert_int_equal(get(4).state, OUTBOX_CANCELLED);
	assert_int_equal(get(5).state, OUTBOX_QUEUED); /* what was taken away stays taken away */
}

static int
join(void *ctx, const struct outbox_attempt *attempt)
{
	struct buf *text = ctx;

	buf_format(text, "%s %.*s\n", outbox_state_name(attempt->result), (int)attempt->reply.n, attempt->reply.p);
	return 0;
}

static void
by_hand(void **state)
{
	struct outbox_letter a = letter(7, 0, "I001", "assignment");
	struct err err = {0};
	struct buf text;
	char *all;

	(void)state;
	a.not_before = NOW + 500;
	assert_true(add(&a));
	assert_int_equal(outbox_cancel(store, 1, "A", NOW, &err), 0);
	assert_int_equal(outbox_cancel(store, 1, "C", NOW, &err), 0); /* so it is already */
	assert_int_equal(deliver(NOW + 500).sent, 0);
	assert_int_equal(outbox_retry(store, 1, "B", NOW, 60, &err), 0);
	assert_int_equal(deliver(NOW).sent, 0); /* its notice has not come */
	assert_int_equal(deliver(NOW + 500).sent, 1);
	assert_int_equal(outbox_retry(store, 1, "B", NOW, 60, &err), ERR_REFUSED);
	assert_int_equal(outbox_cancel(store, 1, "B", NOW, &err), ERR_REFUSED);
	assert_int_equal(outbox_cancel(store, 9, "B", NOW, &err), ERR_ABSENT);
	assert_int_equal(outbox_retry(store, 9, "B", NOW, 60, &err), ERR_ABSENT);
	assert_int_equal(outbox_get(store, 9, keep_row, NULL, &err), ERR_ABSENT);
	buf_init(&text, 4096);
	assert_int_equal(outbox_attempts(store, 1, join, &text, &err), 0);
	all = buf_steal(&text);
	assert_true(strncmp(all, "cancelled cancel: A\nqueued retry: B\nsent new/", 44) == 0);
	free(all);
}

/* What a server answers is shown on terminals and in JSON. */
static void
replies_are_one_line(void **state)
{
	struct outbox_letter a = letter(7, 0, "I001", "assignment");
	static char endless[5000];

	(void)state;
	assert_true(add(&a));
	assert_int_equal(outbox_note(store, 1, OUTBOX_FAILED, NOW,
	                     S("550 no\r\n\x1B[2J\xB2\xE9 \xE6\xA3\x80\xE2\x80\xAE."), NOW, NULL),
	    0);
	assert_string_equal(get(1).reply.p, "550 no  ?[2J?? \xE6\xA3\x80?.");
	for (size_t i = 0; i + 3 < sizeof endless; i += 3)
		memcpy(endless + i, "\xE6\xA3\x80", 3);
	assert_int_equal(outbox_note(store, 1, OUTBOX_FAILED, NOW, S(endless), NOW, NULL), 0);
	assert_int_equal(get(1).reply.n, ERR_MESSAGE_BYTES / 3 * 3);
}

/* ---- how long the text is kept ---- */

static int64_t
keep(int64_t now)
{
	struct err err = {0};
	int64_t next = 0;

	if (outbox_keep(store, KEEP, now, &next, &err) != 0)
		fail_msg("%s", err.message);
	return next;
}

static int64_t
texts(void)
{
	int64_t n = -1;

	assert_int_equal(store_int(store, "SELECT count(*) FROM outbox_message", &n, NULL), 0);
	return n;
}

/* Whether the bytes are anywhere in the database's files. */
static bool
is_in_files(const char *bytes)
{
	static const char *const ends[] = {"", "-wal"};
	bool found = false;

	for (size_t i = 0; i < 2; i++) {
		char path[SCRATCH_PATH + 64];
		struct slice all = {NULL, 0};
		FILE *file;
		char *text;
		size_t n;

		(void)snprintf(path, sizeof path, "%s/%s%s", dir, STORE_FILE, ends[i]);
		if ((file = fopen(path, "rb")) == NULL)
			continue;
		text = malloc(FILE_MAX);
		assert_non_null(text);
		n = fread(text, 1, FILE_MAX, file);
		assert_true(n < FILE_MAX);
		all = (struct slice){text, n};
		found = found || memmem(all.p, all.n, bytes, strlen(bytes)) != NULL;
		free(text);
		(void)fclose(file);
	}
	return found;
}

static void
texts_go_and_facts_stay(void **state)
{
	struct outbox_letter sent = letter(7, 0, "I001", "assignment"), waits, cancelled;
	struct err err = {0};
	char digest[HASH_HEX + 1];
	struct outbox_row row;

	(void)state;
	sent.message = S("To: b\r\n\r\nZhang San visits the Old Mill\r\n");
	sent.subject = S("for Zhang San alone");
	assert_true(add(&sent));
	waits = letter(7, 0, "I002", "assignment");
	waits.message = S("this one waits");
	waits.not_before = NOW + 10 * KEEP;
	assert_true(add(&waits));
	cancelled = letter(7, 0, "I003", "assignment");
	cancelled.not_before = NOW + 10 * KEEP;
	assert_true(add(&cancelled));
	assert_int_equal(deliver(NOW).sent, 1);
	assert_int_equal(outbox_cancel(store, 3, "A", NOW + 5, &err), 0);

	assert_int_equal(keep(NOW + 10), NOW + KEEP);
	assert_int_equal(keep(NOW + KEEP - 1), NOW + KEEP);
	assert_int_equal(texts(), 3);
	assert_true(is_in_files("Old Mill"));
	assert_int_equal(keep(NOW + KEEP), NOW + KEEP + DAY); /* the cancelled one, with the next day's */
	assert_int_equal(texts(), 2);
	assert_false(is_in_files("Zhang San"));
	assert_int_equal(keep(NOW + KEEP + DAY - 1), NOW + KEEP + DAY);
	assert_int_equal(texts(), 2);
	assert_int_equal(keep(NOW + KEEP + DAY), INT64_MAX);
	assert_int_equal(texts(), 1);
	assert_true(is_in_files("this one waits"));

	row = get(1);
	assert_int_equal(row.state, OUTBOX_SENT);
	assert_int_equal(row.removed, NOW + KEEP);
	assert_int_equal(row.message_len, 0);
	assert_int_equal(
	    store_int(store,
	        "SELECT count(*) FROM outbox_letter WHERE id = 1 AND subject = '' AND recipient = 'b@example.org'",
	        &row.id, NULL),
	    0);
	assert_int_equal(row.id, 1);
	hash_hex(sent.message, digest);
	assert_int_equal(store_meta_set(store, "digest", digest, NULL), 0);
	assert_int_equal(
	    store_int(store,
	        "SELECT count(*) FROM outbox_letter JOIN meta ON name = 'digest' AND value = digest WHERE id = 1",
	        &row.id, NULL),
	    0);
	assert_int_equal(row.id, 1);
	assert_int_equal(outbox_retry(store, 3, "B", NOW + 2 * KEEP, 60, &err), ERR_REFUSED);
	assert_non_null(strstr(err.message, "its text was removed"));
	assert_false(add(&sent)); /* the key is known for ever */
}

/* So many at once as are done in a moment, the rest soon. */
static void
many_texts_go_bit_by_bit(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(store_begin(store, &err), 0);
	for (unsigned i = 0; i < 1500; i++) {
		char id[16];
		struct outbox_letter a;

		(void)snprintf(id, sizeof id, "I%04u", i);
		a = letter(7, 0, id, "assignment");
		assert_int_equal(outbox_add(store, &a, NOW, NULL, &err), 0);
	}
	assert_int_equal(store_exec(store, "UPDATE outbox_letter SET state = 'sent'", &err), 0);
	assert_int_equal(store_commit(store, &err), 0);
	assert_int_equal(keep(NOW + KEEP), NOW + KEEP + 60);
	assert_int_equal(texts(), 500);
	assert_int_equal(keep(NOW + KEEP + 60), INT64_MAX);
	assert_int_equal(texts(), 0);
}

/* Letters of a state of before there were digests have theirs before their text goes, and where none goes at all. */
static void
older_letters_get_their_digest(void **state)
{
	static const int64_t kept[] = {0, KEEP};
	struct outbox_letter a = letter(7, 0, "I001", "assignment");
	struct err err = {0};
	int64_t next = 0, n = 0;

	(void)state;
	a.message = S("abc");
	assert_true(add(&a));
	assert_int_equal(deliver(NOW).sent, 1);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(store_exec(store, "UPDATE outbox_letter SET digest = NULL; DELETE FROM meta", &err),
		    0);
		assert_int_equal(outbox_keep(store, kept[i], NOW + KEEP, &next, &err), 0);
		assert_int_equal(next, INT64_MAX);
		assert_int_equal(texts(), i == 0 ? 1 : 0);
		assert_int_equal(store_int(store,
		                     "SELECT count(*) FROM outbox_letter WHERE digest ="
		                     " 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'",
		                     &n, NULL),
		    0);
		assert_int_equal(n, 1);
	}
}

static void
kept_for_ever(void **state)
{
	struct outbox_letter a = letter(7, 0, "I001", "assignment");
	struct err err = {0};
	int64_t next = 0;

	(void)state;
	assert_true(add(&a));
	assert_int_equal(deliver(NOW).sent, 1);
	assert_int_equal(outbox_keep(store, 0, NOW + 100LL * KEEP, &next, &err), 0);
	assert_int_equal(next, INT64_MAX);
	assert_int_equal(texts(), 1);
}

/* While somebody reads, the write-ahead log still has the bytes; it is truncated once the reader is done. */
static void
a_reader_is_waited_for(void **state)
{
	struct outbox_letter a = letter(7, 0, "I001", "assignment");
	sqlite3 *reader = NULL;
	char path[SCRATCH_PATH + 64];

	(void)state;
	a.message = S("Zhang San visits the Old Mill");
	assert_true(add(&a));
	assert_int_equal(deliver(NOW).sent, 1);
	(void)snprintf(path, sizeof path, "%s/%s", dir, STORE_FILE);
	assert_int_equal(sqlite3_open(path, &reader), SQLITE_OK);
	assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM outbox_letter", NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_busy_timeout(store_db(store), 10), SQLITE_OK);
	assert_int_equal(keep(NOW + KEEP), NOW + KEEP + 60);
	assert_int_equal(texts(), 0);
	assert_int_equal(sqlite3_exec(reader, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(keep(NOW + KEEP + 60), INT64_MAX);
	assert_false(is_in_files("Old Mill"));
	assert_int_equal(sqlite3_close(reader), SQLITE_OK);
}

static int
stop(void *ctx, const struct outbox_row *row)
{
	(void)row;
	++*(unsigned *)ctx;
	return 42;
}

static void
lists(void **state)
{
	struct outbox_letter a = letter(7, 0, "I001", "assignment");
	unsigned calls = 0;

	(void)state;
	assert_true(add(&a));
	a = letter(7, 0, "I002", "assignment");
	assert_true(add(&a));
	assert_int_equal(outbox_list(store, stop, &calls, NULL), 42);
	assert_int_equal(calls, 1);
}

int
main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(texts_go_and_facts_stay),
	    TEST(many_texts_go_bit_by_bit),
	    TEST(older_letters_get_their_digest),
	    TEST(kept_for_ever),
	    TEST(a_reader_is_waited_for),
	    TEST(added_once),
	    TEST(belongs_to_the_transaction),
	    TEST(delivered_when_due),
	    TEST(interrupted),
	    TEST(unknown_is_sent_again),
	    TEST(put_off_and_given_up),
	    TEST(another_process),
	    TEST(could_not_be_made),
	    TEST(withdrawn),
	    TEST(by_hand),
	    TEST(replies_are_one_line),
	    TEST(lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
