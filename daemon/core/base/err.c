/* Fills in an error, or reports a fault of a file, with its translated and formatted message. */
#include "core/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Cuts a text that vsnprintf had to shorten so that no half of a UTF-8 character is left at its end. */
static void
cut_at_character(char *text, size_t size, int wanted)
{
	size_t end = size - 1;

	if (wanted < 0 || (size_t)wanted < size)
		return;
	while (end > 0 && ((unsigned char)text[end - 1] & 0xC0) == 0x80)
		end--;
	if (end > 0 && (unsigned char)text[end - 1] >= 0xC0)
		end--;
	text[end] = '\0';
}

/* A translated format is no literal.  msgfmt --check makes sure that it takes the same arguments as the original. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

int
err_set(struct err *err, int code, const char *format, ...)
{
	va_list args;
	int wanted;

	if (err == NULL)
		return code;
	err->code = code;
	va_start(args, format);
	wanted = vsnprintf(err->message, sizeof err->message, err->tr != NULL ? err->tr(format) : format, args);
	va_end(args);
	cut_at_character(err->message, sizeof err->message, wanted);
	return code;
}

void
diag_add(struct diag *diag, const char *file, unsigned long line, const char *format, ...)
{
	char message[ERR_MESSAGE_BYTES];
	va_list args;
	int wanted;

	diag->count++;
	if (diag->say == NULL)
		return;
	va_start(args, format);
	wanted = vsnprintf(message, sizeof message, diag->tr != NULL ? diag->tr(format) : format, args);
	va_end(args);
	cut_at_character(message, sizeof message, wanted);
	diag->say(diag->ctx, file, line, message);
}

#pragma GCC diagnostic pop
