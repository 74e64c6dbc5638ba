#ifndef SPOTCHECK_RECOVERY_BACKUP_H
#define SPOTCHECK_RECOVERY_BACKUP_H

#include "core/base/err.h"
#include "store/store.h"

/*
 * The whole state in one file: the log's key and the database.  It is sealed to the recovery code, since it holds the
 * secrets of draws that are not open yet and the private part of rosters.  It is signed by the log's key, since
 * everybody who has a backup can seal something to the same code.
 *
 *	"spotcheckd backup 2" LF, the log's verifier key, LF, the recovery key's public half in hex, LF,
 *	the stream's key (crypto_box_seal, 80 bytes), its header (24 bytes),
 *	pieces of BACKUP_PIECE bytes (crypto_secretstream, 17 more each), the last tagged and perhaps shorter; they hold
 *	be64 length and bytes of keys/log.key, of the database, of its write-ahead log (most often 0 bytes),
 *	64 bytes: the signature of the log's key over all before it (Ed25519ph, RFC 8032 5.1, empty context)
 *
 * So a restore notices a file that was cut short, changed, put together from two or made by somebody else.
 */

#define BACKUP_MAGIC "spotcheckd backup 2\n"
#define BACKUP_PIECE 65536
#define BACKUP_KEY_MAX 4096 /* bytes of keys/log.key */

/*
 * Writes the state as of one moment, also while the service runs; the database is checked first.  Nothing is copied,
 * and memory does not grow with the database.  ERR_ABSENT: there is no log yet.
 */
int backup_write(struct store *store, int fd, struct err *err);

#endif
