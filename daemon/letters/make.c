/* Makes a letter: loads the templates, renders the parts, and writes the message. */
#include "letters/make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "core/base/array.h"
#include "letters/html.h"
#include "letters/invitation.h"
#include "letters/letter_private.h"
#include "letters/sheet.h"
#include "letters/values.h"
#include "mail/mime.h"

#define SHEET_MAX (8 * 1024 * 1024)
#define TEXT_OUT_MAX (4 * 1024 * 1024)
#define INVITATION_MAX 8192

static const char *const language_names[] = {"zh_CN", "en"};

enum { LANGUAGES = ARRAY_LEN(language_names) };

struct letters {
	struct template *templates[LANGUAGES][LETTER_KINDS];
};

/* ---- templates ---- */

static int
load_template(const char *folder, const char *name, struct diag *diag, struct template **ret_template)
{
	char *path;
	int rc;

	if (folder == NULL)
		return ERR_ABSENT;
	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return ERR_MEMORY;
	rc = template_load(path, letters_names, diag, ret_template);
	if (rc == 0 && !template_uses(*ret_template, "log_key")) {
		diag_add(diag, path, 0,
		    N_("every letter has to say the log's key id, or a second log would not show: {{log_key}} is "
		       "missing"));
		rc = ERR_REFUSED;
	}
	free(path);
	return rc;
}

static int
load_template_or_fallback(const char *folder, const char *fallback, const char *language, const char *kind,
    struct diag *diag, struct template **ret_template)
{
	char name[64];
	char *path;
	int rc;

	(void)snprintf(name, sizeof name, "%s/%s.txt", language, kind);
	rc = load_template(folder, name, diag, ret_template);
	if (rc == ERR_ABSENT)
		rc = load_template(fallback, name, diag, ret_template);
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
			int loaded = load_template_or_fallback(folder, fallback, language_names[language],
			    letter_kind_name((enum letter_kind)kind), diag, &letters->templates[language][kind]);

			rc = loaded != 0 && rc != ERR_MEMORY ? loaded : rc;
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

/* ---- the message ---- */

static bool
has_sheet(const struct letter_input *input)
{
	return input->kind == LETTER_ASSIGNMENT || input->kind == LETTER_UPDATED;
}

/* The rendered parts of a letter. */
struct content {
	struct buf subject, text, html, sheet;
	struct buf invitations[LETTER_SLOTS_MAX];
	size_t n_invitations;
};

static void
content_init(struct content *c)
{
	*c = (struct content){.n_invitations = 0};
	buf_init(&c->subject, TEMPLATE_SUBJECT_MAX);
	buf_init(&c->text, TEXT_OUT_MAX);
	buf_init(&c->html, TEXT_OUT_MAX);
	buf_init(&c->sheet, SHEET_MAX);
}

static void
content_release(struct content *c)
{
	for (size_t i = 0; i < c->n_invitations; i++)
		buf_release(&c->invitations[i]);
	buf_release(&c->sheet);
	buf_release(&c->html);
	buf_release(&c->text);
	buf_release(&c->subject);
}

static int
render_html_part(const struct letter_input *input, const struct template *template, const struct template_row *values,
    struct content *c, struct err *err)
{
	struct template_marks marks = {0};
	struct buf marked;
	int rc;

	buf_init(&marked, TEXT_OUT_MAX);
	rc = template_render_marked(template, values, &marked, &marks, err);
	if (rc == 0)
		rc = letter_html(buf_view(&marked), &marks, buf_view(&c->subject), letter_in_chinese(input), &c->html,
		    err);
	template_marks_release(&marks);
	buf_release(&marked);
	return rc;
}

static int
render_invitations(const struct letter_input *input, struct content *c, struct err *err)
{
	int rc = 0;

	for (; rc == 0 && c->n_invitations < input->n_slots && c->n_invitations < LETTER_SLOTS_MAX;
	     c->n_invitations++) {
		struct buf *out = &c->invitations[c->n_invitations];

		buf_init(out, INVITATION_MAX);
		rc = invitation_write(input, &input->slots[c->n_invitations], out, err);
	}
	return rc;
}

static int
render_content(const struct letters *letters, const struct letter_input *input, struct content *c, struct err *err)
{
	const struct template *template = letters->templates[letter_in_chinese(input) ? 0 : 1][input->kind];
	struct template_row *values = letter_values(input);
	int rc = template_render(template, values, &c->subject, &c->text, err);

	if (rc == 0)
		rc = render_html_part(input, template, values, c, err);
	if (rc == 0 && has_sheet(input))
		rc = letter_sheet(input, &c->sheet, err);
	if (rc == 0)
		rc = render_invitations(input, c, err);
	template_row_free(values);
	return rc;
}

/*
 * multipart/mixed: first multipart/alternative, of plain text, HTML and the first invitation, which mail programs look
 * for there; then as attachments the sheet, the proof of the places and further invitations.
 */
struct message_parts {
	struct mime_part choices[3];
	struct mime_part parts[3 + LETTER_SLOTS_MAX];
	char sheet_name[LETTER_SHEET_NAME_BYTES], places_name[LETTER_SHEET_NAME_BYTES];
	char invitation_names[LETTER_SLOTS_MAX][INVITATION_NAME_BYTES];
	struct mime_part body;
};

static struct mime_part
invitation_part(const struct letter_input *input, const struct content *c, size_t i)
{
	return (struct mime_part){.type = "text/calendar",
	    .method = invitation_method(&input->slots[i]),
	    .content = buf_view(&c->invitations[i])};
}

static void
lay_out_parts(const struct letter_input *input, const struct content *c, struct message_parts *f)
{
	size_t n = 0;

	f->choices[0] = (struct mime_part){.type = "text/plain", .content = buf_view(&c->text)};
	f->choices[1] = (struct mime_part){.type = "text/html", .content = buf_view(&c->html)};
	if (c->n_invitations > 0)
		f->choices[2] = invitation_part(input, c, 0);
	f->parts[n++] = (struct mime_part){.type = "multipart/alternative",
	    .parts = f->choices,
	    .n_parts = c->n_invitations > 0 ? 3 : 2};
	letter_sheet_name(input->draw, input->inspector_id, input->day, f->sheet_name);
	if (has_sheet(input))
		f->parts[n++] = (struct mime_part){.type = "text/csv",
		    .content = buf_view(&c->sheet),
		    .file_name = slice_of(f->sheet_name),
		    .verbatim = true};
	letter_places_name(input->draw, input->inspector_id, input->day, f->places_name);
	if (has_sheet(input) && input->places.n > 0)
		f->parts[n++] = (struct mime_part){.type = "application/json",
		    .content = input->places,
		    .file_name = slice_of(f->places_name)};
	for (size_t i = 1; i < c->n_invitations; i++) {
		invitation_name(&input->slots[i], f->invitation_names[i]);
		f->parts[n] = invitation_part(input, c, i);
		f->parts[n++].file_name = slice_of(f->invitation_names[i]);
	}
	f->body = (struct mime_part){.type = "multipart/mixed", .parts = f->parts, .n_parts = n};
}

static int
write_letter_message(const struct letter_input *input, const struct content *c, struct letter *letter, struct err *err)
{
	char id[LETTER_ID_BYTES];
	struct message_parts parts;
	struct mime_message message = {
	    .from = {input->from_name, input->from_address},
	    .to = {input->inspector_name, input->inspector_email},
	    .subject = buf_view(&c->subject),
	    .language = slice_of(letter_in_chinese(input) ? "zh-CN" : "en"),
	    .date = input->sent_at,
	    .encrypt_to = input->encrypt_to,
	    .body = &parts.body,
	};
	struct buf out;
	int rc;

	lay_out_parts(input, c, &parts);
	letter_id(input, id);
	message.message_id = slice_of(id);
	if (!slice_eq(input->thread_start, message.message_id)) {
		message.in_reply_to =
		    input->thread_start; /* all letters of a draw to an inspector are one conversation */
		message.references = &input->thread_start;
		message.n_references = input->thread_start.n > 0;
	}
	buf_init(&out, MIME_MESSAGE_MAX);
	rc = mime_write(&message, &out, err);
	if (rc != 0)
		goto out;
	letter->len = out.len;
	letter->bytes = buf_steal(&out);
	letter->message_id = slice_dup(message.message_id);
	letter->subject = slice_dup(message.subject);
	letter->sender = slice_dup(input->from_address);
	letter->recipient = slice_dup(input->inspector_email);
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
	struct letter letter = {0};
	struct content content;
	int rc;

	content_init(&content);
	rc = render_content(letters, input, &content, err);
	if (rc == 0)
		rc = write_letter_message(input, &content, &letter, err);
	if (rc == 0) {
		*ret_letter = letter;
		letter = (struct letter){0};
	}
	letter_release(&letter);
	content_release(&content);
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

/* ---- the certificate ---- */

int
letter_certificate(const struct config *config, struct slice inspector, struct slice address, int64_t time,
    struct smime_certificate **ret_certificate, struct err *err)
{
	int rc = 0;

	*ret_certificate = NULL;
	if (config->mail_encrypt != ENCRYPT_NO)
		rc = smime_certificate_read(config->mail_certificates, inspector, address, time, ret_certificate, err);
	if (rc != ERR_ABSENT)
		return rc;
	return config->mail_encrypt == ENCRYPT_IF_KNOWN
	    ? 0
	    : err_set(err, ERR_REFUSED, N_("encrypt = required, and there is no certificate %s/%.*s.pem"),
	          config->mail_certificates, SLICE_ARGS(inspector));
}
