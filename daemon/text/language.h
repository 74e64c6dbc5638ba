#ifndef SPOTCHECK_TEXT_LANGUAGE_H
#define SPOTCHECK_TEXT_LANGUAGE_H

/* The language of messages, from LC_ALL, LC_MESSAGES, LANG or LANGUAGE; once, before anything is said. */
void language_begin(void);

/* gettext, for `tr` of struct err and struct diag. */
const char *language_text(const char *text);

/*
 * The same in a language of the INI's, "zh_CN" or "en", whatever the process's own is.  Where the catalogue is not
 * installed the words are English.  Not while another thread asks for it first.
 */
const char *(*language_of(const char *language))(const char *text);

#endif
