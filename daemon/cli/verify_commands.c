/* `replay` and `verify`: check a published folder without configuration, state or network. */

#include <errno.h>
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/verdict.h"
#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/check/receipt.h"
#include "core/check/verify.h"
#include "core/format/note.h"
#include "core/format/places_letter.h"
#include "publish/reader.h"
#include "system/clock.h"
#include "text/language.h"

#define TRUSTED_MAX 1024

static int
open_published_folder(struct cli *cli, const char *path, struct folder *folder)
{
	if (sodium_init() < 0) {
		err_set(&cli->err, ERR_OUTSIDE, N_("libsodium cannot be started"));
		return cli_fail(cli);
	}
	return folder_open(folder, path, &cli->err) == 0 ? EXIT_DONE : cli_fail(cli);
}

/* Prints the verdict and returns the exit status.  A failure is no verdict if the folder was replaced meanwhile. */
static int
end_verdict(struct cli *cli, struct verdict *verdict, const struct folder *folder, const char *path,
    const int64_t *sealed_until)
{
	if (verdict->report.failures > 0 && folder_was_replaced(folder, path)) {
		err_set(&cli->err, ERR_OUTSIDE, N_("%s was published anew while it was read: run this again"), path);
		return cli_fail(cli);
	}
	return verdict_end(verdict, sealed_until);
}

static bool
parse_threads(const char *text, unsigned *ret_threads)
{
	uint64_t threads;

	if (!text_to_uint(slice_of(text), &threads) || threads < 1 || threads > PARALLEL_THREADS_MAX)
		return false;
	*ret_threads = (unsigned)threads;
	return true;
}

static int
run_replay(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"jobs", required_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};
	struct verdict verdict;
	struct folder folder;
	int64_t reveal_time = 0;
	bool sealed = false;
	unsigned threads = 1;
	int option, status;

	while ((option = getopt_long(argc, argv, "j:", options, NULL)) != -1)
		if (option != 'j')
			return cli_usage(cli);
		else if (!parse_threads(optarg, &threads))
			return cli_usage_error(_("-j %s: it must be 1 to %d"), optarg, PARALLEL_THREADS_MAX);
	if (optind + 1 != argc)
		return cli_usage(cli);
	status = open_published_folder(cli, argv[optind], &folder);
	if (status != EXIT_DONE)
		return status;
	verdict_begin(&verdict, cli->json, language_text);
	if (replay_folder(&folder.published, &cli->progress, threads, &verdict.report, &sealed, &reveal_time,
	        &cli->err) != 0)
		status = cli_fail(cli);
	else
		status = end_verdict(cli, &verdict, &folder, argv[optind], sealed ? &reveal_time : NULL);
	verdict_release(&verdict);
	folder_close(&folder);
	return status;
}

struct verify_arguments {
	struct verify_options options;
	struct slice trusted[TRUSTED_MAX];
	struct buf since, receipt, letter;
	struct place_proofs places;
};

static int
add_witness(struct cli *cli, struct verify_arguments *a, const char *text)
{
	struct note_key key;

	if (note_key_parse(slice_of(text), &key, &cli->err) != 0)
		return cli_fail(cli);
	if (key.algorithm != NOTE_COSIGNATURE_V1 || a->options.trusted.n == TRUSTED_MAX)
		return cli_usage_error(_("%s: this is no witness's key; it must be the verifier key of a cosigner"),
		    text);
	a->trusted[a->options.trusted.n++] = slice_of(text);
	return EXIT_DONE;
}

static int
set_key(struct cli *cli, struct verify_arguments *a, const char *text)
{
	struct note_key key;

	if (note_key_parse(slice_of(text), &key, &cli->err) != 0)
		return cli_fail(cli);
	a->options.key = slice_of(text);
	return EXIT_DONE;
}

/* Reads a file that the auditor kept.  An empty file gives a view whose pointer is not NULL. */
static int
read_kept_file(struct cli *cli, const char *path, size_t max, struct buf *ret_bytes, struct slice *ret_view)
{
	struct folder here;
	int rc = folder_open(&here, ".", &cli->err);

	buf_release(ret_bytes);
	buf_init(ret_bytes, max);
	if (rc == 0)
		rc = here.published.read(&here, path, ret_bytes, &cli->err);
	folder_close(&here);
	if (rc != 0)
		return cli_fail(cli);
	*ret_view = ret_bytes->len == 0 ? (struct slice){"", 0} : buf_view(ret_bytes);
	return EXIT_DONE;
}

/* The attachment, or the letter that has it. */
static int
parse_letter(struct slice bytes, struct place_proofs *ret_places, struct err *err)
{
	struct buf attachment;
	bool found;
	int rc;

	if (!places_letter_is(bytes))
		return place_proofs_parse(bytes, ret_places, err);
	buf_init(&attachment, PLACE_PROOFS_MAX);
	found = places_letter_find(bytes, &attachment);
	if (attachment.failed)
		rc = err_memory(err);
	else if (!found)
		rc = err_set(err, ERR_REFUSED,
		    N_("it is neither a letter's attachment places-….json nor a saved letter that has one; of an "
		       "encrypted letter save the attachment itself"));
	else
		rc = place_proofs_parse(buf_view(&attachment), ret_places, err);
	buf_release(&attachment);
	return rc;
}

static int
set_letter(struct cli *cli, struct verify_arguments *a, const char *path)
{
	struct err why = {.tr = cli->err.tr};
	struct slice bytes = {"", 0};
	int rc, status = read_kept_file(cli, path, PLACE_PROOFS_MAX, &a->letter, &bytes);

	if (status != EXIT_DONE)
		return status;
	place_proofs_release(&a->places);
	rc = parse_letter(bytes, &a->places, &why);
	if (rc != 0) {
		err_set(&cli->err, rc, "%s: %s", path, why.message);
		return cli_fail(cli);
	}
	a->options.letter = &a->places;
	return EXIT_DONE;
}

static int
set_at(struct verify_arguments *a, const char *text)
{
	int32_t day;

	a->options.has_at = true;
	if (text_to_time(slice_of(text), &a->options.at))
		return EXIT_DONE;
	if (text_to_date(slice_of(text), &day)) {
		a->options.at = (int64_t)day * DAY_S;
		return EXIT_DONE;
	}
	return cli_usage_error(_("--at %s: it must be a time as 2026-06-22T01:00:00Z, or a date"), text);
}

static int
parse_verify_options(struct cli *cli, int argc, char **argv, struct verify_arguments *a)
{
	static const struct option options[] = {{"at", required_argument, NULL, 'a'},
	    {"key", required_argument, NULL, 'k'}, {"witness", required_argument, NULL, 'w'},
	    {"since", required_argument, NULL, 's'}, {"receipt", required_argument, NULL, 'r'},
	    {"letter", required_argument, NULL, 'l'}, {NULL, 0, NULL, 0}};
	int option, status = EXIT_DONE;

	while (status == EXIT_DONE && (option = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (option) {
		case 'a':
			status = set_at(a, optarg);
			break;
		case 'k':
			status = set_key(cli, a, optarg);
			break;
		case 'w':
			status = add_witness(cli, a, optarg);
			break;
		case 's':
			status = read_kept_file(cli, optarg, NOTE_MAX, &a->since, &a->options.since);
			break;
		case 'r':
			status = read_kept_file(cli, optarg, RECEIPT_MAX, &a->receipt, &a->options.receipt);
			break;
		case 'l':
			status = set_letter(cli, a, optarg);
			break;
		default:
			return cli_usage(cli);
		}
	if (status == EXIT_DONE && optind + 1 != argc)
		return cli_usage(cli);
	return status;
}

/* The zone that was asked for last: a log's draws are mostly in one. */
struct known_zone {
	char name[64 + 1]; /* text_is_zone */
	struct zone zone;
	bool known;
};

static bool
local_date(void *ctx, struct slice name, int64_t time, int32_t *ret_date)
{
	struct known_zone *z = ctx;

	if (!slice_is(name, z->name)) {
		zone_release(&z->zone);
		z->zone = (struct zone){.n = 0};
		(void)snprintf(z->name, sizeof z->name, "%.*s", SLICE_ARGS(name));
		z->known = clock_read_zone(name, &z->zone, NULL) == 0;
	}
	if (z->known)
		*ret_date = zone_local(&z->zone, time, NULL);
	return z->known;
}

static int
run_verify(struct cli *cli, int argc, char **argv)
{
	struct known_zone zone = {.known = false};
	struct verify_arguments a = {.options = {.has_now = true,
	                                 .now = cli->now,
	                                 .local_date = local_date,
	                                 .zones = &zone,
	                                 .progress = &cli->progress}};
	struct verdict verdict;
	struct folder folder = {.fd = -1};
	int status;

	a.options.trusted.keys = a.trusted;
	status = parse_verify_options(cli, argc, argv, &a);
	if (status == EXIT_DONE)
		status = open_published_folder(cli, argv[optind], &folder);
	if (status == EXIT_DONE) {
		verdict_begin(&verdict, cli->json, language_text);
		if (verify_directory(&folder.published, &a.options, &verdict.report, &cli->err) != 0)
			status = cli_fail(cli);
		else
			status = end_verdict(cli, &verdict, &folder, argv[optind], NULL);
		verdict_release(&verdict);
	}
	folder_close(&folder);
	buf_release(&a.since);
	buf_release(&a.receipt);
	buf_release(&a.letter);
	place_proofs_release(&a.places);
	zone_release(&zone.zone);
	return status;
}

const struct command verify_commands[] = {
    {"replay", N_("DIR [-j N]"), N_("replay one draw from its published folder"), run_replay},
    {"verify",
        N_("DIR [--at TIME] [--key VKEY] [--witness VKEY]… [--since CHECKPOINT] [--receipt FILE] [--letter FILE]"),
        N_("check a whole published directory"), run_verify},
    {.name = NULL},
};
