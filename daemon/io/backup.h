#ifndef SPOTCHECK_BACKUP_H
#define SPOTCHECK_BACKUP_H

#include "core/err.h"
#include "core/slice.h"
#include "io/store.h"

/*
 * The whole state in one file: the database and the log's key, all of it sealed to the recovery code, since it holds the
 * secrets of draws that are not open yet and the private part of rosters.
 *
 *	"spotcheckd backup 1" LF, the recovery key's public half in hex, LF,
 *	the stream's key (crypto_box_seal, 80 bytes), its header (24 bytes),
 *	pieces of at most BACKUP_PIECE bytes (crypto_secretstream, 17 more each), the last one tagged as the last:
 *	be64 length and bytes of keys/log.key, be64 length and bytes of the database
 *
 * So a file that was cut short, changed or put together from two is told from a whole one.
 */

#define BACKUP_PIECE 65536

/* Of a running service's state, as of one moment, checked before it is sealed.  ERR_ABSENT: there is no log yet. */
int backup_write(struct store *store, int fd, struct err *err);

/*
 * Makes the state in `state_dir`, which must have none, from the file and the recovery code.  Until all of it has proved
 * good nothing is there.  ERR_REFUSED: a state is there, the code is wrong or another backup's, the file is damaged.
 */
int backup_restore(int fd, struct slice code, const char *state_dir, struct err *err);

#endif
