/* The language of messages: that of the environment, or one that the INI names. */
#include "text/language.h"

#include <libintl.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/array.h"
#include "text/catalogue.h"

#define CATALOGUE "zh_CN/LC_MESSAGES/spotcheckd.mo"
#define PATH_BYTES 4096

/* The locale that the environment asks for, whether this machine has it or not. */
static const char *
wanted_locale(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return value;
	}
	return "";
}

/* The folder of the catalogues.  For a build that is not installed the environment names it. */
static const char *
catalogue_folder(void)
{
	const char *folder = secure_getenv("TEXTDOMAINDIR");

	return folder != NULL ? folder : LOCALE_DIR;
}

/* A fresh Debian has no locale but C.UTF-8, and our catalogue needs no other. */
void
language_begin(void)
{
	if (setlocale(LC_ALL, "") == NULL && strncmp(wanted_locale(), "zh", 2) == 0) {
		(void)setlocale(LC_ALL, "C.UTF-8");
		(void)setenv("LANGUAGE", "zh_CN", 1);
	}
	(void)bindtextdomain("spotcheckd", catalogue_folder());
	(void)bind_textdomain_codeset("spotcheckd", "UTF-8");
	(void)textdomain("spotcheckd");
}

const char *
language_text(const char *text)
{
	return gettext(text);
}

/* ---- the INI's language ---- */

static const char *
english_text(const char *text)
{
	return text;
}

/* The catalogue is read once and kept until the process ends, because callers keep pointers into it. */
static const char *
chinese_text(const char *text)
{
	static struct catalogue chinese;
	static bool tried;
	char path[PATH_BYTES];

	if (!tried) {
		(void)snprintf(path, sizeof path, "%s/%s", catalogue_folder(), CATALOGUE);
		(void)catalogue_read(path, &chinese, NULL);
		tried = true;
	}
	return catalogue_text(&chinese, text);
}

const char *(*language_of(const char *language))(const char *text)
{
	return strcmp(language, "zh_CN") == 0 ? chinese_text : english_text;
}
