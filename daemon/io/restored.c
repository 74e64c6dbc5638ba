#include "io/restored.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/note.h"

#define MARK "uncompared" /* in meta */

int
restored_mark(struct store *store, struct err *err)
{
	return store_meta_set(store, MARK, "1", err);
}

int
restored_clear(struct store *store, struct err *err)
{
	return store_exec(store, "DELETE FROM meta WHERE name = '" MARK "'", err);
}

int
restored_is_marked(struct store *store, bool *ret, struct err *err)
{
	int64_t n = 0;
	int rc = store_int(store, "SELECT count(*) FROM meta WHERE name = '" MARK "'", &n, err);

	if (rc == 0)
		*ret = n > 0;
	return rc;
}

int
restored_check(struct store *store, struct err *err)
{
	bool marked = false;
	int rc = restored_is_marked(store, &marked, err);

	if (rc != 0 || !marked)
		return rc;
	return err_set(err, ERR_REFUSED,
	    N_("the state came from a backup and was compared with no publication: nothing is signed. \"spotcheck recover --published DIR\" "
	       "compares it with a copy of what was published; where there is none anywhere, \"spotcheck recover --without-publication "
	       "--by NAME --reason TEXT\" says so"));
}

/* ---- whose publication ---- */

/* ERR_ABSENT, with nothing said, where there is none. */
static int
read_published_file(const char *dir, const char *name, struct buf *ret_bytes, struct err *err)
{
	char *path = NULL, block[4096];
	ssize_t n = 0;
	int fd, rc = 0;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return err_memory(err);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	while (fd >= 0 && !ret_bytes->failed && (n = read(fd, block, sizeof block)) > 0)
		buf_put(ret_bytes, block, (size_t)n);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		rc = ERR_ABSENT;
	else if (fd < 0 || n < 0)
		rc = err_set(err, ERR_OUTSIDE, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	free(path);
	return rc;
}

static int
compare_vkey(const char *dir, const char *vkey, struct err *err)
{
	struct slice text, line;
	struct buf bytes;
	int rc;

	buf_init(&bytes, NOTE_KEY_TEXT);
	rc = read_published_file(dir, "vkey", &bytes, err);
	text = buf_view(&bytes);
	line = slice_cut(&text, '\n');
	if (rc == 0 && !slice_is(line, vkey))
		rc = err_set(err, ERR_REFUSED,
		    N_("%s is the publication of another log: its key is %.*s, and the backup's is %s; nothing was changed"), dir,
		    SLICE_ARGS(line), vkey);
	buf_release(&bytes);
	return rc == ERR_ABSENT ? 0 : rc;
}

static bool
is_signed_by(struct slice bytes, const char *vkey)
{
	struct note_key key;
	struct note *note = malloc(sizeof *note);
	bool good = note != NULL && note_key_parse(slice_of(vkey), &key, NULL) == 0 && note_parse(bytes, note, NULL) == 0 &&
	    note_verify(note, &key) == NOTE_TRUE;

	free(note);
	return good;
}

static int
compare_checkpoint(const char *dir, const char *vkey, bool *ret_published, struct err *err)
{
	struct buf bytes;
	int rc;

	buf_init(&bytes, NOTE_MAX);
	rc = read_published_file(dir, "checkpoint", &bytes, err);
	if (rc == 0 && !is_signed_by(buf_view(&bytes), vkey))
		rc = err_set(err, ERR_REFUSED,
		    N_("the checkpoint published in %s is not signed by the backup's key %s: it is another log's, or damaged; nothing was changed"),
		    dir, vkey);
	buf_release(&bytes);
	*ret_published = rc == 0;
	return rc == ERR_ABSENT ? 0 : rc;
}

int
restored_compare_key(const char *dir, const char *vkey, bool *ret_published, struct err *err)
{
	int rc = compare_vkey(dir, vkey, err);

	*ret_published = false;
	return rc != 0 ? rc : compare_checkpoint(dir, vkey, ret_published, err);
}
