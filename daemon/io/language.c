#include "io/language.h"

#include <libintl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* What the environment asks for, whether this machine has that locale or not. */
static const char *
wanted_locale(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return value;
	}
	return "";
}

/* A fresh Debian has generated no locale but C.UTF-8; our catalogue needs none. */
void
language_begin(void)
{
	const char *catalogues = secure_getenv("TEXTDOMAINDIR"); /* of a build that is not installed */

	if (setlocale(LC_ALL, "") == NULL && strncmp(wanted_locale(), "zh", 2) == 0) {
		(void)setlocale(LC_ALL, "C.UTF-8");
		(void)setenv("LANGUAGE", "zh_CN", 1);
	}
	(void)bindtextdomain("spotcheckd", catalogues != NULL ? catalogues : LOCALE_DIR);
	(void)bind_textdomain_codeset("spotcheckd", "UTF-8");
	(void)textdomain("spotcheckd");
}

const char *
language_text(const char *text)
{
	return gettext(text);
}
