#ifndef SPOTCHECK_TEXT_CATALOGUE_H
#define SPOTCHECK_TEXT_CATALOGUE_H

#include <stddef.h>

#include "core/base/err.h"

/*
 * A catalogue of messages (GNU gettext's .mo), which we read ourselves.  The C library would not do: it takes the
 * language from the environment and needs locales that the machine may lack, but a letter's language is that of the
 * INI.
 */
struct catalogue {
	char *bytes; /* owned; NULL for an empty catalogue */
	size_t len;
};

/*
 * ERR_ABSENT: there is no such file.  ERR_REFUSED: it is no catalogue in this machine's byte order.  ERR_LIMIT,
 * ERR_OUTSIDE, ERR_MEMORY.  Release with catalogue_release.
 */
int catalogue_read(const char *path, struct catalogue *ret_catalogue, struct err *err);
void catalogue_release(struct catalogue *catalogue); /* NULL is allowed */

/* The translation, valid as long as the catalogue; `text` itself where there is none. */
const char *catalogue_text(const struct catalogue *catalogue, const char *text);

#endif
