/* Prints what a checker found: blocks of lines for people, or JSON. */

#include "cli/verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "text/printable.h"
#include "text/table.h"

#define JSON_MAX ((size_t)1 << 30)
#define STATE_COLUMNS ((size_t)8)
/* In place of a draw's number: the receipt and the letter have blocks of their own. */
#define RECEIPT_BLOCK UINT64_MAX
#define LETTER_BLOCK (UINT64_MAX - 1)

/* Prints a label and blanks up to STATE_COLUMNS; a Chinese character takes two columns. */
static void
print_label(const char *label)
{
	size_t width = table_width(slice_of(label));

	printf("  %s%*s", label, (int)(width < STATE_COLUMNS ? STATE_COLUMNS - width : 0) + 1, "");
}

/* Prints the line of gathered checks, and empties it. */
static void
flush_line(struct verdict *v)
{
	if (v->line.len > 0) {
		print_label(_(check_state_name(v->line_state)));
		printf("%.*s\n", (int)v->line.len, v->line.data);
	}
	buf_clear(&v->line);
}

static void
begin_block(struct verdict *v, uint64_t n)
{
	if (v->any && v->n == n)
		return;
	flush_line(v);
	if (n == RECEIPT_BLOCK)
		printf("%s\n", _("the receipt"));
	else if (n == LETTER_BLOCK)
		printf("%s\n", _("the letter"));
	else if (n == 0)
		printf("%s\n", _("the log"));
	else
		printf("%s %" PRIu64 "\n", _("draw"), n);
	v->n = n;
	v->any = true;
}

static uint64_t
block_of(uint64_t n, enum check check)
{
	if (check == CHECK_RECEIPT)
		return RECEIPT_BLOCK;
	return check == CHECK_LETTER ? LETTER_BLOCK : n;
}

static void
print_check(struct verdict *v, uint64_t n, enum check check, enum check_state state, const char *detail)
{
	begin_block(v, block_of(n, check));
	if (*detail == '\0') {
		if (state != v->line_state)
			flush_line(v);
		v->line_state = state;
		if (v->line.len > 0)
			buf_byte(&v->line, ' ');
		buf_text(&v->line, check_name(check));
		return;
	}
	flush_line(v);
	print_label(_(check_state_name(state)));
	plain_say(stdout, "%s: %s", check_name(check), detail);
}

/* Puts printable text only, since a message may quote bytes of the checked files. */
static void
put_json_text(struct buf *out, const char *text)
{
	struct buf clean;

	buf_init(&clean, JSON_MAX);
	plain_put(&clean, slice_of(text));
	json_put_string(out, buf_view(&clean));
	out->failed |= clean.failed;
	buf_release(&clean);
}

static const char *
state_word(enum check_state state)
{
	static const char *const words[] = {"not run", "ok", "failed", "sealed"};

	return words[state];
}

static void
put_check_json(struct verdict *v, uint64_t n, enum check check, enum check_state state, const char *detail)
{
	struct buf *out = &v->checks;

	buf_format(out, "%s{\"check\":\"%s\",\"detail\":", out->len == 0 ? "" : ",", check_name(check));
	put_json_text(out, detail);
	buf_format(out, ",\"draw\":%" PRIu64 ",\"state\":\"%s\"}", n, state_word(state));
}

static void
on_check(void *ctx, uint64_t n, enum check check, enum check_state state, const char *detail)
{
	struct verdict *v = ctx;

	if (state == CHECK_FAILED && v->first_failed == NULL) {
		v->first_failed = check_name(check);
		v->first_failed_draw = block_of(n, check);
	}
	if (v->json)
		put_check_json(v, n, check, state, detail);
	else
		print_check(v, n, check, state, detail);
}

static void
on_note(void *ctx, uint64_t n, const char *message)
{
	struct verdict *v = ctx;

	if (v->json) {
		buf_format(&v->notes, "%s{\"draw\":%" PRIu64 ",\"note\":", v->notes.len == 0 ? "" : ",", n);
		put_json_text(&v->notes, message);
		buf_byte(&v->notes, '}');
		return;
	}
	begin_block(v, n);
	flush_line(v);
	print_label(_("noted"));
	plain_say(stdout, "%s", message);
}

/* Prints the names of the witnesses that must be independent for the class to hold. */
static void
print_witnesses(const struct assurance_facts *f)
{
	struct buf names;

	buf_init(&names, PLAIN_LINE);
	for (uint64_t i = 0; i < f->witnesses; i++) {
		struct slice key = f->keys[i];

		if (f->both != NULL && !f->both[i])
			continue;
		buf_byte(&names, ' ');
		plain_put(&names, slice_cut(&key, '+'));
	}
	print_label("");
	plain_say(stdout, "%s%.*s", _("witnesses:"), (int)names.len, names.len > 0 ? names.data : "");
	buf_release(&names);
}

static void
on_assurance(void *ctx, uint64_t n, const struct assurance_facts *f)
{
	struct verdict *v = ctx;

	if (v->json) {
		buf_format(&v->classes,
		    "%s{\"class\":\"%s\",\"commit_cosigned\":%" PRIu64 ",\"draw\":%" PRIu64 ",\"independent\":%" PRIu64
		    ",\"outcome_cosigned\":%" PRIu64 ",\"witnesses\":%" PRIu64 "}",
		    v->classes.len == 0 ? "" : ",", assurance_name(f->assurance), f->commit_cosigned, n, f->independent,
		    f->outcome_cosigned, f->witnesses);
		return;
	}
	begin_block(v, n);
	flush_line(v);
	print_label(_("promise"));
	printf("%s\n", _(assurance_words(f->assurance)));
	print_label("");
	if (f->witnesses == 0)
		printf("%s", _("no witness was named"));
	else
		printf(_("%llu of %llu witnesses cosigned the commitment in time, %llu the outcome"),
		    (unsigned long long)f->commit_cosigned, (unsigned long long)f->witnesses,
		    (unsigned long long)f->outcome_cosigned);
	putchar('\n');
	if (f->assurance == ASSURANCE_B_IF || f->assurance == ASSURANCE_A_UNRUN_IF)
		print_witnesses(f);
}

void
verdict_begin(struct verdict *v, bool json, const char *(*tr)(const char *text))
{
	*v = (struct verdict){.json = json};
	v->report = (struct report){.tr = tr, .check = on_check, .note = on_note, .assurance = on_assurance, .ctx = v};
	buf_init(&v->line, 4096);
	buf_init(&v->checks, JSON_MAX);
	buf_init(&v->notes, JSON_MAX);
	buf_init(&v->classes, JSON_MAX);
}

static void
print_verdict_json(const struct verdict *v)
{
	printf("{\"checks\":[%.*s],\"classes\":[%.*s],\"failed\":%" PRIu64 ",\"notes\":[%.*s]}\n", (int)v->checks.len,
	    v->checks.len > 0 ? v->checks.data : "", (int)v->classes.len, v->classes.len > 0 ? v->classes.data : "",
	    v->report.failures, (int)v->notes.len, v->notes.len > 0 ? v->notes.data : "");
}

static void
print_last_line(const struct verdict *v)
{
	if (v->first_failed == NULL)
		printf("%s\n", _("yes: every check that was run holds"));
	else if (v->first_failed_draw == RECEIPT_BLOCK)
		printf("%s\n", _("NO: the directory holds, the receipt does not"));
	else if (v->first_failed_draw == LETTER_BLOCK)
		printf("%s\n", _("NO: the directory holds, the letter does not"));
	else if (v->first_failed_draw == 0)
		printf(_("NO: %llu checks failed, first: %s of the log\n"), (unsigned long long)v->report.failures,
		    v->first_failed);
	else
		printf(_("NO: %llu checks failed, first: %s of draw %llu\n"), (unsigned long long)v->report.failures,
		    v->first_failed, (unsigned long long)v->first_failed_draw);
}

int
verdict_end(struct verdict *v, const int64_t *sealed_until)
{
	char until[TIME_TEXT];

	flush_line(v);
	if (v->json)
		print_verdict_json(v);
	else if (sealed_until == NULL || v->report.failures > 0)
		print_last_line(v);
	if (v->report.failures > 0)
		return EXIT_NO;
	if (sealed_until == NULL)
		return EXIT_DONE;
	text_from_time(*sealed_until, until);
	(void)fflush(stdout);
	return cli_usage_error(_("sealed until %s: there is nothing to replay yet"), until);
}

void
verdict_release(struct verdict *v)
{
	buf_release(&v->line);
	buf_release(&v->checks);
	buf_release(&v->notes);
	buf_release(&v->classes);
}
