#ifndef SPOTCHECK_RECOVERY_BACKUP_H
#define SPOTCHECK_RECOVERY_BACKUP_H

#include "core/base/err.h"
#include "store/store.h"

/*
 * The whole state in one file: the log's key and the database, all of it sealed to the recovery code, since it holds the
 * secrets of draws that are not open yet and the private part of rosters; and signed by the log's key, since everybody who has a
 * backup can seal something to the same code.
 *
 *	"spotcheckd backup 2" LF, the log's verifier key, LF, the recovery key's public half in hex, LF,
 *	the stream's key (crypto_box_seal, 80 bytes), its header (24 bytes),
 *	pieces of BACKUP_PIECE bytes (crypto_secretstream, 17 more each), the last one, which may be shorter, tagged as the last:
 *	be64 length and bytes of keys/log.key, of the database, of its write-ahead log (most often 0 bytes),
 *	64 bytes: the signature of the log's key over all before it (Ed25519ph, RFC 8032 5.1, empty context)
 *
 * So a file that was cut short, changed, put together from two or made by somebody else is told from a whole one.
 */

#define BACKUP_MAGIC "spotcheckd backup 2\n"
#define BACKUP_PIECE 65536
#define BACKUP_KEY_MAX 4096 /* bytes of keys/log.key */

/*
 * Of a running service's state, as of one moment, checked before it is sealed; nothing is copied, and memory does not grow with
 * the database.  ERR_ABSENT: there is no log yet.
 */
int backup_write(struct store *store, int fd, struct err *err);

#endif
