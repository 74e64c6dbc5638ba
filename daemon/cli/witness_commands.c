/* `keygen` and `cosign` for witnesses; `cosignature add` for what they have signed. */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/draw_print.h"
#include "cli/draw_session.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/log/cosigned.h"
#include "core/log/log.h"
#include "core/log/witness.h"
#include "ledger/cosignatures.h"
#include "publish/reader.h"
#include "remote/beacons.h"
#include "system/clock.h"
#include "text/printable.h"
#include "witness/server.h"
#include "witness/state.h"

#define INPUT_MAX ((size_t)1 << 20)
#define LOGS_MAX 64 /* --log options of one command */

/* ---- keygen ---- */

static int
run_keygen(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"log", no_argument, NULL, 'l'}, {NULL, 0, NULL, 0}};
	enum note_algorithm algorithm = NOTE_COSIGNATURE_V1;
	struct signing_key key;
	int option, status = EXIT_DONE;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'l')
			return cli_usage(cli);
		algorithm = NOTE_ED25519;
	}
	if (optind + 2 != argc)
		return cli_usage(cli);
	if (key_make(argv[optind], algorithm, &key, &cli->err) != 0)
		return cli_fail(cli);
	if (key_write(argv[optind + 1], &key, &cli->err) != 0)
		status = cli_fail(cli);
	else if (cli->json)
		printf("{\"key\":\"%s\"}\n", key.vkey);
	else
		printf("%s\n", key.vkey);
	key_wipe(&key);
	return status == EXIT_DONE ? print_end(cli) : status;
}

/* ---- cosign ---- */

struct cosigning {
	struct cli *cli;
	const char *key_path, *listen, *path;
	const char *logs[LOGS_MAX]; /* verifier keys of --log */
	size_t n_logs;
	char *state_path;
	uint64_t beacon; /* 0: the checkpoint */
	struct signing_key key;
	struct witness_file file;
	struct folder folder;
	struct log log;
	bool is_new;       /* the log, to this witness */
	bool is_log_fault; /* the error is the log's fault */
};

/* Prints a fault of the log: EXIT_NO if the log is wrong, EXIT_OUTSIDE if it could not be read. */
static int
report_log_fault(struct cosigning *c)
{
	(void)cli_fail(c->cli);
	return c->cli->err.code == ERR_REFUSED || c->cli->err.code == ERR_ABSENT ? EXIT_NO : EXIT_OUTSIDE;
}

static int
read_log(struct cosigning *c)
{
	struct slice pinned = c->n_logs == 0 ? (struct slice){NULL, 0} : slice_of(c->logs[0]);
	struct err *err = &c->cli->err;

	if (log_read_head(&c->log, &c->folder.published, pinned, err) != 0 ||
	    log_read_tree(&c->log, &c->folder.published, err) != 0 || log_check_signature(&c->log, err) != 0)
		return report_log_fault(c);
	return EXIT_DONE;
}

/* ---- with the state locked: nothing is printed, since a slow reader would make other processes wait ---- */

static int
refuse_log(struct cosigning *c, int rc)
{
	c->is_log_fault = true;
	return rc;
}

/* Finds the log in the witness's state; adds a new one. */
static int
find_or_add_known(struct cosigning *c, struct witness_known **ret)
{
	struct slice operator = c->log.entries[0].entry.genesis.operator;
	char plain[2 * TEXT_REASON_MAX];
	int rc;

	*ret = witness_file_find(&c->file, c->log.checkpoint.origin);
	c->is_new = *ret == NULL && c->n_logs == 0;
	operator = (struct slice){plain, json_unescape(operator, plain)};
	rc = witness_file_add(&c->file, c->log.vkey_text, operator, ret, &c->cli->err);
	return rc == 0 ? 0 : refuse_log(c, rc);
}

/* The log must begin with the entries that were cosigned last. */
static int
check_append_only(struct cosigning *c, const struct witness_known *known)
{
	const struct checkpoint *now = &c->log.checkpoint;
	unsigned long long before = known->size, size = now->size;
	struct hash root;

	if (now->size < known->size)
		return err_set(&c->cli->err, ERR_REFUSED,
		    N_("this copy of the log is older than what was cosigned last: it has %llu entries of %llu. Ask "
		       "for a newer one"),
		    size, before);
	root = merkle_prefix_root(&c->log.tree, known->size);
	if (known->size == 0 || memcmp(root.b, known->root.b, HASH_BYTES) == 0)
		return 0;
	witness_file_keep_fork(&c->file, known, now->size, buf_view(&c->log.checkpoint_bytes));
	return refuse_log(c,
	    err_set(&c->cli->err, ERR_REFUSED,
	        N_("the log was changed: its first %llu entries are not those that were cosigned. Nothing is signed; "
	           "the checkpoints that "
	           "prove it are kept beside %s"),
	        before, c->file.path));
}

/* Records in the state what is to be signed: the beacon for `commit`, or for NULL the checkpoint. */
static int
record_signing(struct cosigning *c, const struct log_entry *commit)
{
	struct witness_known *known;
	int rc = find_or_add_known(c, &known);

	if (rc != 0)
		return rc;
	if (commit != NULL) {
		rc = witness_file_give(known, c->beacon, commit->hash, &c->cli->err);
		return rc == 0 ? 0 : refuse_log(c, rc);
	}
	rc = check_append_only(c, known);
	if (rc == 0)
		witness_file_take(known, &c->log.note, &c->log.checkpoint);
	return rc;
}

static void
print_new_log(const struct cosigning *c)
{
	char vkey[NOTE_KEY_TEXT];

	(void)snprintf(vkey, sizeof vkey, "%.*s", (int)c->log.vkey_text.n, c->log.vkey_text.p);
	plain_clean(vkey);
	(void)fprintf(stderr, _("This log is new here. Compare its key with what its operator says:\n    %s\n"), vkey);
}

/* Stores what is to be signed before it is signed: the beacon for `commit`, or for NULL the checkpoint. */
static int
remember_before_signing(struct cosigning *c, const struct log_entry *commit)
{
	int rc = witness_file_open(c->state_path, &c->file, &c->cli->err);

	if (rc == 0)
		rc = record_signing(c, commit);
	if (rc == 0)
		rc = witness_file_save(&c->file, &c->cli->err);
	witness_file_close(&c->file);
	if (c->is_new)
		print_new_log(c);
	if (rc == 0)
		return EXIT_DONE;
	return c->is_log_fault ? report_log_fault(c) : cli_fail(c->cli);
}

/* ---- signing ---- */

static int
print_line(struct cosigning *c, const char *name, struct slice text)
{
	if (!c->cli->json)
		printf("%.*s", (int)text.n, text.p);
	else
		printf("{\"%s\":\"%.*s\"}\n", name, (int)text.n - 1, text.p);
	return print_end(c->cli);
}

static int
cosign_checkpoint(struct cosigning *c)
{
	struct buf line;
	int status = remember_before_signing(c, NULL);

	if (status != EXIT_DONE)
		return status;
	buf_init(&line, NOTE_KEY_TEXT + 256);
	note_cosign(c->log.note.text, c->key.name, c->key.secret, (uint64_t)clock_now(), &line);
	if (line.failed)
		(void)err_memory(&c->cli->err);
	status = line.failed ? cli_fail(c->cli) : print_line(c, "cosignature", buf_view(&line));
	buf_release(&line);
	return status;
}

/* The log's entry that commits draw c->beacon; NULL: there is none. */
static const struct log_entry *
find_commit(const struct cosigning *c, size_t *ret_index)
{
	for (size_t i = 0; i < c->log.n_entries; i++)
		if (c->log.entries[i].entry.type == ENTRY_COMMIT && c->log.entries[i].entry.commit.n == c->beacon) {
			*ret_index = i;
			return &c->log.entries[i];
		}
	return NULL;
}

static int
sign_beacon(struct cosigning *c, const struct log_entry *commit)
{
	char signature[WITNESS_SIGNATURE_HEX], line[WITNESS_SIGNATURE_HEX + 1];
	int status = remember_before_signing(c, commit);

	if (status != EXIT_DONE)
		return status;
	witness_beacon_sign(slice_of(commit->hash), c->key.secret, signature);
	if (signature[0] == '\0') {
		(void)err_memory(&c->cli->err);
		return cli_fail(c->cli);
	}
	(void)snprintf(line, sizeof line, "%s\n", signature);
	return print_line(c, "beacon", slice_of(line));
}

static int
cosign_beacon(struct cosigning *c)
{
	struct checkpoint checkpoint;
	const struct log_entry *commit;
	char path[DRAW_PATH_MAX];
	struct note note;
	struct buf bytes;
	size_t index = 0;
	int status;

	commit = find_commit(c, &index);
	if (commit == NULL) {
		(void)err_set(&c->cli->err, ERR_ABSENT, N_("there is no commitment to draw %llu in %s"),
		    (unsigned long long)c->beacon, c->path);
		return cli_fail(c->cli);
	}
	draw_path(c->beacon, "commit.checkpoint", path);
	buf_init(&bytes, NOTE_MAX);
	if (c->folder.published.read(c->folder.published.ctx, path, &bytes, &c->cli->err) != 0 ||
	    log_check_checkpoint(&c->log, buf_view(&bytes), index, &note, &checkpoint, &c->cli->err) != 0)
		status = report_log_fault(c);
	else if (witness_beacon_allowed(&commit->entry.commit, &note, slice_of(c->key.vkey), clock_now(),
	             &c->cli->err) != WITNESS_YES)
		status = c->cli->err.code == ERR_NOT_YET ? cli_fail(c->cli) : report_log_fault(c);
	else
		status = sign_beacon(c, commit);
	buf_release(&bytes);
	return status;
}

static int
cosign_folder(struct cosigning *c)
{
	int status;

	if (folder_open(&c->folder, c->path, &c->cli->err) != 0)
		return cli_fail(c->cli);
	status = read_log(c);
	if (status != EXIT_DONE)
		return status;
	return c->beacon == 0 ? cosign_checkpoint(c) : cosign_beacon(c);
}

/* ---- cosign --listen ---- */

static void
log_answer(void *ctx, int status, const char *message)
{
	char time[CLOCK_TEXT];

	(void)ctx;
	clock_text(clock_now(), time);
	plain_say(stderr, "%s %d %s", time, status, message);
}

static void
print_listening(void *ctx)
{
	const struct cosigning *c = ctx;

	(void)fprintf(stderr, _("The witness %s listens at %s.\n"), c->key.vkey, c->listen);
}

/* Adds the logs of --log to the witness's state, before it listens. */
static int
add_given_logs(struct cosigning *c, size_t *ret_known)
{
	struct witness_known *known;
	int rc = witness_file_open(c->state_path, &c->file, &c->cli->err);

	for (size_t i = 0; rc == 0 && i < c->n_logs; i++)
		rc = witness_file_add(&c->file, slice_of(c->logs[i]), (struct slice){"", 0}, &known, &c->cli->err);
	if (rc == 0 && c->n_logs > 0)
		rc = witness_file_save(&c->file, &c->cli->err);
	*ret_known = c->file.n;
	witness_file_close(&c->file);
	return rc;
}

static int
serve_witness(struct cosigning *c)
{
	struct witness_server server = {.key = &c->key, .state = c->state_path, .tell = log_answer, .ctx = c};
	size_t known = 0;
	int rc = add_given_logs(c, &known);

	if (rc == 0 && known == 0)
		(void)fprintf(stderr, "%s\n",
		    _("No log is known here yet: give one with --log VKEY, or cosign a copy of its published directory "
		      "once."));
	if (rc == 0)
		rc = witness_serve(&server, c->listen, print_listening, &c->cli->err);
	return rc == 0 ? EXIT_DONE : cli_fail(c->cli);
}

/* ---- cosign, the command ---- */

static int
parse_cosign(struct cosigning *c, int argc, char **argv)
{
	static const struct option options[] = {{"key", required_argument, NULL, 'k'},
	    {"state", required_argument, NULL, 's'}, {"beacon", required_argument, NULL, 'b'},
	    {"listen", required_argument, NULL, 'l'}, {"log", required_argument, NULL, 'v'}, {NULL, 0, NULL, 0}};
	const char *state = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (option) {
		case 'k':
			c->key_path = optarg;
			break;
		case 's':
			state = optarg;
			break;
		case 'b':
			if (!draw_session_number(optarg, &c->beacon) || c->beacon == 0)
				return cli_usage_error(_("\"%s\" is no number"), optarg);
			break;
		case 'l':
			c->listen = optarg;
			break;
		case 'v':
			if (c->n_logs == LOGS_MAX)
				return cli_usage(c->cli);
			c->logs[c->n_logs++] = optarg;
			break;
		default:
			return cli_usage(c->cli);
		}
	if (c->key_path == NULL || optind + (c->listen == NULL) != argc ||
	    (c->listen != NULL ? c->beacon > 0 : c->n_logs > 1))
		return cli_usage(c->cli);
	c->path = c->listen == NULL ? argv[optind] : NULL;
	/* A witness needs a state; without --state it is beside the key. */
	if ((state != NULL ? asprintf(&c->state_path, "%s", state)
	                   : asprintf(&c->state_path, "%s.state", c->key_path)) < 0) {
		c->state_path = NULL;
		(void)err_memory(&c->cli->err);
		return cli_fail(c->cli);
	}
	return EXIT_DONE;
}

static int
run_cosign(struct cli *cli, int argc, char **argv)
{
	struct cosigning *c = calloc(1, sizeof *c);
	int status;

	if (c == NULL) {
		(void)err_memory(&cli->err);
		return cli_fail(cli);
	}
	c->cli = cli;
	c->file.lock = -1;
	c->folder.fd = -1;
	status = parse_cosign(c, argc, argv);
	if (status == EXIT_DONE && key_read(c->key_path, &c->key, &cli->err) != 0)
		status = cli_fail(cli);
	if (status == EXIT_DONE && c->key.algorithm != NOTE_COSIGNATURE_V1)
		status = cli_usage_error(
		    _("%s is the key of a log, not of a witness: \"spotcheck keygen NAME FILE\" makes one"),
		    c->key_path);
	if (status == EXIT_DONE)
		status = c->listen != NULL ? serve_witness(c) : cosign_folder(c);
	log_release(&c->log);
	folder_close(&c->folder);
	witness_file_close(&c->file);
	key_wipe(&c->key);
	free(c->state_path);
	free(c);
	return status;
}

/* ---- cosignature add ---- */

static int
read_input(struct cli *cli, const char *path, struct buf *out)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	size_t n = 1;

	buf_init(out, INPUT_MAX);
	while (file != NULL && n > 0 && !out->failed) {
		char some[4096];

		n = fread(some, 1, sizeof some, file);
		buf_put(out, some, n);
	}
	if (file == NULL || ferror(file))
		(void)err_set(&cli->err, ERR_REFUSED, "%s: %s", path, strerror(errno));
	else if (out->failed)
		(void)err_set(&cli->err, ERR_LIMIT, N_("%s is too large to be what a witness printed"), path);
	else if (out->len == 0)
		(void)err_set(&cli->err, ERR_REFUSED, N_("%s is empty"), path);
	if (file != NULL && file != stdin)
		(void)fclose(file);
	return cli->err.code == 0 ? EXIT_DONE : cli_fail(cli);
}

/* Whether the text is a beacon's signature: 128 hex digits and nothing else. */
static bool
is_beacon(struct slice text, struct slice *ret_hex)
{
	while (text.n > 0 && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r' || text.p[text.n - 1] == ' '))
		text.n--;
	*ret_hex = text;
	return text_is_hex(text, WITNESS_SIGNATURE_HEX - 1);
}

static int
print_added(const struct cli *cli, uint64_t added, uint64_t n)
{
	if (cli->json)
		printf("{\"beacon\":%llu,\"cosignatures\":%llu}\n", (unsigned long long)n, (unsigned long long)added);
	else if (n > 0)
		printf(_("The beacon of draw %llu is there.\n"), (unsigned long long)n);
	else if (added == 0)
		puts(_("It was there already."));
	else
		printf(ngettext("%llu cosignature was taken in and is published.\n",
		           "%llu cosignatures were taken in and are published.\n", added),
		    (unsigned long long)added);
	return EXIT_DONE;
}

static int
add_witness_answer(struct draw_session *session, struct slice bytes)
{
	struct cli *cli = session->cli;
	struct slice hex;
	uint64_t n = 0, added = 0;
	int rc;

	if (is_beacon(bytes, &hex))
		rc = beacons_add(cli->store, hex, cli->now, &n, &cli->err);
	else
		rc = cosignatures_add_any(cli->store, bytes, cli->now, &added, &cli->err);
	if (rc != 0)
		return cli_fail(cli);
	cli_set_done(cli, "%s", n > 0 ? _("the beacon is there") : _("the cosignatures are there"));
	return print_added(cli, added, n);
}

static int
run_cosignature(struct cli *cli, int argc, char **argv)
{
	struct draw_session session = {.cli = cli};
	struct buf bytes;
	int status;

	if (argc != 3 || strcmp(argv[1], "add") != 0)
		return cli_usage(cli);
	status = read_input(cli, argv[2], &bytes);
	if (status == EXIT_DONE)
		status = draw_session_open(&session, cli, DRAW_SESSION_KEY | DRAW_SESSION_LETTERS);
	if (status == EXIT_DONE)
		status = add_witness_answer(&session, buf_view(&bytes));
	if (status == EXIT_DONE)
		status = draw_session_catch_up(&session, 0); /* a draw may have waited for it */
	if (status == EXIT_DONE)
		status = draw_session_deliver(&session);
	buf_release(&bytes);
	status = draw_session_close(&session, status);
	return status == EXIT_DONE ? print_end(cli) : status;
}

const struct command witness_commands[] = {
    {"keygen", N_("NAME FILE [--log]"), N_("make a witness's key (--log: a log's), and print its verifier key"),
        run_keygen},
    {"cosign",
        N_("DIR --key FILE [--state FILE] [--log VKEY] [--beacon N] | --listen ADDR:PORT --key FILE [--state FILE] "
           "[--log VKEY]…"),
        N_("be a witness: check that a log only grew, sign it, print the cosignature or a draw's beacon"), run_cosign},
    {"cosignature", N_("add FILE|-"), N_("take in what a witness printed"), run_cosignature},
    {.name = NULL},
};
