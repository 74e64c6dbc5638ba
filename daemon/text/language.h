#ifndef SPOTCHECK_TEXT_LANGUAGE_H
#define SPOTCHECK_TEXT_LANGUAGE_H

/* Sets the language of messages from LC_ALL, LC_MESSAGES, LANG or LANGUAGE.  Once, before the first message. */
void language_begin(void);

/* gettext, for `tr` of struct err and struct diag. */
const char *language_text(const char *text);

/*
 * The same for a language of the INI, "zh_CN" or "en", whatever the language of the process.  Without an installed
 * catalogue the messages are English.  The first translation into Chinese must not run in two threads at once.
 */
const char *(*language_of(const char *language))(const char *text);

#endif
