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

/* What the environment asks for, whether this machine has that locale or not. */
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

/* Where catalogues are: of a build that is not installed, the environment says it. */
static const char *
catalogues(void)
{
	const char *folder = secure_getenv("TEXTDOMAINDIR");

	return folder != NULL ? folder : LOCALE_DIR;
}

/* A fresh Debian has generated no locale but C.UTF-8; our catalogue needs none. */
void
language_begin(void)
{
	if (setlocale(LC_ALL, "") == NULL && strncmp(wanted_locale(), "zh", 2) == 0) {
		(void)setlocale(LC_ALL, "C.UTF-8");
		(void)setenv("LANGUAGE", "zh_CN", 1);
	}
	(void)bindtextdomain("spotcheckd", catalogues());
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

/* Read once, and kept for as long as the process lives: what it has said is pointed at. */
static const char *
chinese_text(const char *text)
{
	static struct catalogue chinese;
	static bool tried;
	char path[PATH_BYTES];

	if (!tried) {
		(void)snprintf(path, sizeof path, "%s/%s", catalogues(), CATALOGUE);
		(void)catalogue_read(path, &chinese, NULL);
		tried = true;
	}
	return catalogue_text(&chinese, text);
}

const char *(*language_of(const char *language))(const char *text)
{
	return strcmp(language, "zh_CN") == 0 ? chinese_text : english_text;
}
