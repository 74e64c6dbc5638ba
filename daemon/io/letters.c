#include "io/letters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/text.h"
#include "io/letter_values.h"
#include "io/mime.h"

#define HOST_MAX 40 /* so that a Message-ID fits into a header line */
#define SHEET_MAX (8 * 1024 * 1024)
#define TEXT_OUT_MAX (4 * 1024 * 1024)

static const char *const kind_names[LETTER_KINDS] = {N_("assignment"), N_("updated"), N_("cancelled")};
static const char *const language_names[] = {"zh_CN", "en"};

enum { LANGUAGES = sizeof language_names / sizeof language_names[0] };

struct letters {
	struct template *templates[LANGUAGES][LETTER_KINDS];
};

const char *
letter_kind_name(enum letter_kind kind)
{
	return kind_names[kind];
}

/* ---- templates ---- */

static int
load_one(const char *folder, const char *name, struct diag *diag, struct template **ret_template)
{
	char *path;
	int rc;

	if (folder == NULL)
		return ERR_ABSENT;
	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return ERR_MEMORY;
	rc = template_load(path, letters_names, diag, ret_template);
	free(path);
	return rc;
}

static int
load_any(const char *folder, const char *fallback, const char *language, const char *kind, struct diag *diag,
    struct template **ret_template)
{
	char name[64];
	char *path;
	int rc;

	(void)snprintf(name, sizeof name, "%s/%s.txt", language, kind);
	rc = load_one(folder, name, diag, ret_template);
	if (rc == ERR_ABSENT)
		rc = load_one(fallback, name, diag, ret_template);
	if (rc != ERR_ABSENT)
		return rc;
	if (asprintf(&path, "%s/%s", folder != NULL ? folder : fallback != NULL ? fallback : ".", name) < 0)
		return ERR_MEMORY;
	diag_add(diag, path, 0, N_("this letter's template is missing"));
	free(path);
	return ERR_REFUSED;
}

int
letters_load(const char *folder, const char *fallback, struct diag *diag, struct letters **ret_letters)
{
	struct letters *letters = calloc(1, sizeof *letters);
	int rc = 0;

	if (letters == NULL)
		return ERR_MEMORY;
	for (size_t language = 0; language < LANGUAGES; language++)
		for (size_t kind = 0; kind < LETTER_KINDS; kind++) {
			int one = load_any(folder, fallback, language_names[language], kind_names[kind], diag,
			    &letters->templates[language][kind]);

			rc = one != 0 && rc != ERR_MEMORY ? one : rc;
		}
	if (rc == 0)
		*ret_letters = letters;
	else
		letters_free(letters);
	return rc;
}

void
letters_free(struct letters *letters)
{
	if (letters == NULL)
		return;
	for (size_t language = 0; language < LANGUAGES; language++)
		for (size_t kind = 0; kind < LETTER_KINDS; kind++)
			template_free(letters->templates[language][kind]);
	free(letters);
}

/* ---- names of a letter ---- */

static void
add_line(struct hash_stream *stream, struct slice text)
{
	hash_add(stream, text.p, text.n);
	hash_add(stream, "\n", 1);
}

/* The host of the log's name, or as much of its end as fits; a Message-ID is unique by its left side. */
static struct slice
host_of(struct slice origin)
{
	struct slice rest = origin, host = slice_cut(&rest, '/');

	while (host.n > HOST_MAX && host.p != NULL)
		(void)slice_cut(&host, '.');
	for (size_t i = 0; i < host.n; i++)
		if (host.p[i] == '_' || (host.p[i] != '.' && !text_is_id((struct slice){host.p + i, 1})))
			return slice_of("spotcheck.invalid");
	if (host.n == 0 || host.p[0] == '.' || host.p[host.n - 1] == '.' || memmem(host.p, host.n, "..", 2) != NULL)
		return slice_of("spotcheck.invalid");
	return host;
}

void
letter_id(const struct letter_input *input, enum letter_kind kind, uint64_t amendment,
    char ret_id[static LETTER_ID_BYTES])
{
	struct slice host = host_of(input->origin);
	struct hash_stream stream;
	struct hash hash;
	char digits[HASH_HEX + 1], numbers[48];

	(void)snprintf(numbers, sizeof numbers, "%llu/%llu", (unsigned long long)input->draw,
	    (unsigned long long)amendment);
	hash_begin(&stream);
	add_line(&stream, slice_of("spotcheck letter"));
	add_line(&stream, input->origin);
	add_line(&stream, input->log_key);
	add_line(&stream, input->record_hash);
	add_line(&stream, slice_of(numbers));
	add_line(&stream, slice_of(kind_names[kind]));
	add_line(&stream, input->inspector_id);
	hash = hash_end(&stream);
	text_to_hex(hash.b, HASH_BYTES, digits);
	(void)snprintf(ret_id, LETTER_ID_BYTES, "<%.32s@%.*s>", digits, (int)host.n, host.p);
}

void
letter_sheet_name(uint64_t draw, struct slice inspector_id, char ret_name[static LETTER_SHEET_NAME_BYTES])
{
	(void)snprintf(ret_name, LETTER_SHEET_NAME_BYTES, "result-%04llu-%.*s.csv", (unsigned long long)draw,
	    (int)(inspector_id.n > ID_MAX ? ID_MAX : inspector_id.n), inspector_id.n == 0 ? "" : inspector_id.p);
}

/* ---- the message ---- */

static bool
has_sheet(const struct letter_input *input)
{
	return input->kind != LETTER_CANCELLED;
}

static char *
copy_slice(struct slice s)
{
	char *copy = malloc(s.n + 1);

	if (copy == NULL)
		return NULL;
	if (s.n > 0)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return copy;
}

/* Subject and text are rendered; the rest is put around them. */
static int
write_message(const struct letter_input *input, struct slice subject, struct slice text, struct slice sheet,
    struct letter *letter, struct err *err)
{
	char id[LETTER_ID_BYTES], first_id[LETTER_ID_BYTES], sheet_name[LETTER_SHEET_NAME_BYTES];
	struct slice reference;
	struct mime_part parts[2] = {{.type = "text/plain", .content = text}, {.type = "text/csv", .content = sheet}};
	struct mime_part all = {.type = "multipart/mixed", .parts = parts, .n_parts = has_sheet(input) ? 2 : 1};
	struct mime_message message = {
		.from = {input->from_name, input->from_address},
		.to = {input->inspector_name, input->inspector_email},
		.subject = subject,
		.language = slice_of(letter_in_chinese(input) ? "zh-CN" : "en"),
		.date = input->sent_at,
		.body = &all,
	};
	struct buf out;
	int rc;

	letter_id(input, input->kind, input->amendment, id);
	letter_id(input, LETTER_ASSIGNMENT, 0, first_id);
	letter_sheet_name(input->draw, input->inspector_id, sheet_name);
	message.message_id = slice_of(id);
	reference = slice_of(first_id);
	if (input->amendment > 0) { /* one thread for a draw, also for who joined later */
		message.in_reply_to = reference;
		message.references = &reference;
		message.n_references = 1;
	}
	parts[1].file_name = slice_of(sheet_name);
	parts[1].verbatim = true;
	buf_init(&out, MIME_MESSAGE_MAX);
	rc = mime_write(&message, &out, err);
	if (rc != 0)
		goto out;
	letter->len = out.len;
	letter->bytes = buf_steal(&out);
	letter->message_id = copy_slice(message.message_id);
	letter->subject = copy_slice(subject);
	letter->sender = copy_slice(input->from_address);
	letter->recipient = copy_slice(input->inspector_email);
	if (letter->bytes == NULL || letter->message_id == NULL || letter->subject == NULL || letter->sender == NULL ||
	    letter->recipient == NULL)
		rc = err_memory(err);
out:
	buf_release(&out);
	return rc;
}

int
letter_make(const struct letters *letters, const struct letter_input *input, struct letter *ret_letter, struct err *err)
{
	size_t language = letter_in_chinese(input) ? 0 : 1;
	struct template_row *values = NULL;
	struct letter letter = {0};
	struct buf subject, text, sheet;
	int rc;

	buf_init(&subject, TEMPLATE_SUBJECT_MAX);
	buf_init(&text, TEXT_OUT_MAX);
	buf_init(&sheet, SHEET_MAX);
	values = letter_values(input);
	rc = template_render(letters->templates[language][input->kind], values, &subject, &text, err);
	if (rc == 0 && has_sheet(input))
		rc = letter_sheet(input, &sheet, err);
	if (rc == 0)
		rc = write_message(input, buf_view(&subject), buf_view(&text), buf_view(&sheet), &letter, err);
	if (rc == 0) {
		*ret_letter = letter;
		letter = (struct letter){0};
	}
	letter_release(&letter);
	template_row_free(values);
	buf_release(&sheet);
	buf_release(&text);
	buf_release(&subject);
	return rc;
}

void
letter_release(struct letter *letter)
{
	if (letter == NULL)
		return;
	free(letter->bytes);
	free(letter->message_id);
	free(letter->subject);
	free(letter->sender);
	free(letter->recipient);
	*letter = (struct letter){0};
}
