#ifndef SPOTCHECK_LANGUAGE_H
#define SPOTCHECK_LANGUAGE_H

/* The language of messages, from LC_ALL, LC_MESSAGES, LANG or LANGUAGE; once, before anything is said. */
void language_begin(void);

/* gettext, for `tr` of struct err and struct diag. */
const char *language_text(const char *text);

#endif
