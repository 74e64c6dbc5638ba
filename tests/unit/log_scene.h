#ifndef SPOTCHECK_TEST_LOG_SCENE_H
#define SPOTCHECK_TEST_LOG_SCENE_H

#include "scene.h"

#include "core/log/log.h"
#include "core/log/sequence.h"
#include "memory_dir.h"

/*
 * A log in memory, entry by entry, for tests of what is read from one.  Every number that a test does not set is what
 * the protocol wants.  A fault in one of these functions fails the test that calls it.
 */

#define LOG_ORIGIN "log.example.org"
#define LOG_ENTRIES_MAX 400
#define LOG_WITNESSES_MAX 6
#define LOG_START 1690000000 /* genesis; each entry is a second later, unless the test sets its time */

struct log_scene {
	struct log log;
	struct log_entry entries[LOG_ENTRIES_MAX];
	char *texts[LOG_ENTRIES_MAX];
	int64_t now; /* of the entry that was added last */
	uint8_t secret[64];
	char vkey[NOTE_KEY_TEXT];
	uint8_t witness_secrets[LOG_WITNESSES_MAX][64];
	char witnesses[LOG_WITNESSES_MAX][NOTE_KEY_TEXT]; /* "w0.example.org", … */
	struct slice keys[LOG_WITNESSES_MAX];
	struct memory_dir dir;
};

/* With a genesis entry that names the first `witnesses` of them. */
void log_scene_begin(struct log_scene *scene, size_t witnesses);
void log_scene_release(struct log_scene *scene);

/* Adds an entry as entry_write has it, and returns its index.  A time of 0 is a second after the entry before. */
size_t log_scene_add(struct log_scene *scene, const struct entry *entry);

/* Takes the last entry away again. */
void log_scene_drop(struct log_scene *scene);

/*
 * Parts of entries, ready to be changed.  Secrets are MODEL_HASH(cycle, "/", link), anchors MODEL_HASH(cycle, "/0"): no
 * check here looks whether they form a chain.  `text` keeps what a slice of the entry points into.
 */
struct log_text {
	char hex[HASH_HEX + 1];
};
struct entry log_cycle(const char *cycle, enum source source, uint64_t embargo_days, struct log_text *text);
/* Of the draw_time; reveal_time is the same. */
struct entry log_commit(const struct log_scene *scene, const char *cycle, enum source source, uint64_t n, uint64_t link,
    int64_t draw_time);
/* The outcomes name the commitment at this index.  A draw at or after its draw_time, with a value of zeros. */
struct entry log_draw(const struct log_scene *scene, size_t commit);
struct entry log_void(const struct log_scene *scene, size_t commit);
/* At its reveal_time, or after a void its draw_time. */
struct entry log_reveal(const struct log_scene *scene, size_t commit, bool is_void, struct log_text *text);

/* A checkpoint of the first `size` entries, signed by the log, and appended cosignatures. */
struct buf log_scene_checkpoint(const struct log_scene *scene, uint64_t size);
void log_scene_cosign(const struct log_scene *scene, uint64_t size, size_t witness, int64_t time, struct buf *note);

/* Takes a note as the main checkpoint, or as a file of the directory; both release it. */
void log_scene_main(struct log_scene *scene, struct buf *note);
void log_scene_put(struct log_scene *scene, const char *path, struct buf *note);

#endif
