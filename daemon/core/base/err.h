#ifndef SPOTCHECK_CORE_BASE_ERR_H
#define SPOTCHECK_CORE_BASE_ERR_H

/*
 * How a function says that it could not do its work.
 *
 * A function that can fail returns 0 or a negative ERR_* and fills the `struct err` that its caller gave (NULL is
 * allowed) once, where the fault is seen; on success the struct is untouched.  The caller sets `tr` to its translator
 * (gettext, say) or leaves it NULL for English: core itself knows no locale.
 */

enum {
	ERR_REFUSED = -1, /* the input is not what it must be: the message says what would be right */
	ERR_LIMIT = -2,   /* the input is larger than the limits allow */
	ERR_MEMORY = -3,  /* no memory */
	ERR_OUTSIDE = -4, /* disk, database or network failed */
	ERR_ABSENT = -5,  /* what was asked for is not there */
	ERR_NOT_YET = -6, /* lawful, but not possible yet */
};

#define ERR_MESSAGE_BYTES 1024

struct err {
	const char *(*tr)(const char *text);
	int code;
	char message[ERR_MESSAGE_BYTES];
};

/* Marks a message for the catalogue where it is translated later. */
#define N_(text) text

/*
 * Fills `err` (if not NULL) with `code` and the translated, formatted message, cut at a character's end if too long.
 * Returns `code`.
 */
__attribute__((format(printf, 3, 4))) int err_set(struct err *err, int code, const char *format, ...);

/* err_set for lack of memory. */
static inline int
err_memory(struct err *err)
{
	(void)err_set(err, ERR_MEMORY, N_("there is not enough memory"));
	return ERR_MEMORY;
}

/* Passes on what `why` says, whose message is translated already.  Returns its code. */
static inline int
err_copy(struct err *err, const struct err *why)
{
	return err_set(err, why->code, "%s", why->message);
}

/*
 * Several faults of one file, for readers that report all they find.  `say` is called for each with the file's name,
 * the line (from 1; 0 where no line is meant) and the translated message.
 */
struct diag {
	const char *(*tr)(const char *text);
	void (*say)(void *ctx, const char *file, unsigned long line, const char *message);
	void *ctx;
	unsigned long count; /* faults so far */
};

__attribute__((format(printf, 4, 5))) void
diag_add(struct diag *diag, const char *file, unsigned long line, const char *format, ...);

#endif
