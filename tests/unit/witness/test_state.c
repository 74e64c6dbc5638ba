/*
 * What a witness remembers, and what it answers with it: nothing that it signed is forgotten, by whatever accident,
 * and of two histories of a log it cosigns one.
 */

#include "witness_scene.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"
#include "system/file.h"
#include "witness/server.h"
#include "witness/state.h"

#define NOW WITNESS_DRAW_TIME
#define ROUNDS 100 /* of being killed */
#define CHILDREN 4

static struct witness_scene scene;
static struct signing_key key;
static char dir[SCRATCH_PATH], path[SCRATCH_PATH + 16];
static struct err err;

static int
set_up_all(void **state)
{
	(void)state;
	file_sync_off(); /* no machine falls over in here */
	if (witness_scene_make(&scene) != 0)
		return -1;
	key = (struct signing_key){.name = WITNESS_NAME, .algorithm = NOTE_COSIGNATURE_V1};
	memcpy(key.secret, scene.secret, sizeof key.secret);
	memcpy(key.vkey, scene.vkey, sizeof key.vkey);
	return 0;
}

static int
tear_down_all(void **state)
{
	(void)state;
	witness_scene_release(&scene);
	return 0;
}

static int
set_up(void **state)
{
	(void)state;
	if (!scratch_make(dir))
		return -1;
	(void)snprintf(path, sizeof path, "%s/state", dir);
	err = (struct err){.code = 0};
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return scratch_remove(dir);
}

static void
well(int rc)
{
	if (rc != 0)
		fail_msg("%d: %s", rc, err.message);
}

static void
refused(int rc, const char *words)
{
	if (rc != ERR_REFUSED || strstr(err.message, words) == NULL)
		fail_msg("%d, or no \"%s\" in: %s", rc, words, err.message);
}

static struct witness_file
open_file(void)
{
	struct witness_file file;

	well(witness_file_open(path, &file, &err));
	return file;
}

static struct witness_known *
add(struct witness_file *file, const char *vkey, const char *operator)
{
	struct witness_known *known = NULL;

	well(witness_file_add(file, slice_of(vkey), slice_of(operator), &known, &err));
	return known;
}

/* A log of this name, with a key of its own. */
static const char *
vkey_of(const char *name, char ret_vkey[static NOTE_KEY_TEXT])
{
	uint8_t public[32];
	struct hash h = hash_of_slice(slice_of(name));

	memcpy(public, h.b, sizeof public);
	note_key_make(name, NOTE_ED25519, public, ret_vkey);
	return ret_vkey;
}

/* A state with a log that has cosigned 7 entries and given three beacons, and a new one. */
static void
make_small(void)
{
	char vkey[NOTE_KEY_TEXT], hash[HASH_HEX + 1];
	struct witness_file file = open_file();
	struct witness_known *known = add(&file, vkey_of("a.example.org", vkey), "The \\\"office\\\"");

	known->size = 7;
	known->root = hash_of("7", 1);
	memset(known->signature, 7, sizeof known->signature);
	known->has_signature = true;
	for (uint64_t n = 3; n > 0; n--) {
		hash_hex((struct slice){(const char *)&n, sizeof n}, hash);
		well(witness_file_give(known, 10 * n, hash, &err));
	}
	(void)add(&file, vkey_of("b.example.org", vkey), "");
	well(witness_file_save(&file, &err));
	witness_file_close(&file);
}

static void
check_small(const struct witness_file *file)
{
	const struct witness_known *known = file->logs;
	char vkey[NOTE_KEY_TEXT], hash[HASH_HEX + 1];
	struct hash root = hash_of("7", 1);

	assert_int_equal(file->n, 2);
	assert_string_equal(known->vkey, vkey_of("a.example.org", vkey));
	assert_string_equal(known->operator, "The \\\"office\\\"");
	assert_int_equal(known->size, 7);
	assert_memory_equal(known->root.b, root.b, HASH_BYTES);
	assert_true(known->has_signature && known->signature[0] == 7 && known->signature[63] == 7);
	assert_int_equal(known->n_given, 3);
	for (uint64_t n = 1; n <= 3; n++) {
		hash_hex((struct slice){(const char *)&n, sizeof n}, hash);
		assert_int_equal(known->given[n - 1].n, 10 * n);
		assert_string_equal(known->given[n - 1].hash, hash);
	}
	assert_string_equal(file->logs[1].vkey, vkey_of("b.example.org", vkey));
	assert_string_equal(file->logs[1].operator, "");
	assert_int_equal(file->logs[1].size, 0);
	assert_int_equal(file->logs[1].n_given, 0);
}

static char *
read_state(size_t *ret_len)
{
	FILE *f = fopen(path, "rb");
	char *bytes = malloc(65536);

	assert_true(f != NULL && bytes != NULL);
	*ret_len = fread(bytes, 1, 65536, f);
	assert_int_equal(fclose(f), 0);
	return bytes;
}

static void
write_state(const char *bytes, size_t len)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* ---- the file ---- */

static void
test_there_and_back(void **state)
{
	struct witness_file file = open_file();
	struct stat st;

	(void)state;
	assert_int_equal(file.n, 0);
	witness_file_close(&file);
	assert_int_not_equal(stat(path, &st), 0);
	make_small();
	for (int i = 0; i < 2; i++) {
		file = open_file();
		check_small(&file);
		well(witness_file_save(&file, &err));
		witness_file_close(&file);
	}
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(scratch_count(dir), 1); /* nothing beside it but the lock */
}

/* However it was cut off, and whatever byte of it is another, nothing is forgotten without a word. */
static void
test_damage_is_seen(void **state)
{
	struct witness_file file;
	size_t len;
	char *bytes;

	(void)state;
	make_small();
	bytes = read_state(&len);
	for (size_t n = 0; n < len; n++) {
		write_state(bytes, n);
		err.message[0] = '\0';
		refused(witness_file_open(path, &file, &err), "nothing is signed");
	}
	for (size_t at = 0; at < len; at++)
		for (int bit = 0; bit < 8; bit++) {
			bytes[at] ^= (char)(1 << bit);
			write_state(bytes, len);
			if (witness_file_open(path, &file, &err) == 0)
				fail_msg("bit %d of byte %zu: taken", bit, at);
			bytes[at] ^= (char)(1 << bit);
		}
	write_state(bytes, len);
	file = open_file();
	check_small(&file);
	witness_file_close(&file);
	free(bytes);
}

static void
test_what_is_no_state(void **state)
{
	struct witness_file file;

	(void)state;
	write_state("", 0);
	refused(witness_file_open(path, &file, &err), "no state of a witness");
	write_state("hello\n", 6);
	refused(witness_file_open(path, &file, &err), "no state of a witness");
	assert_int_equal(scratch_remove(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(witness_file_open(path, &file, &err), ERR_OUTSIDE);
}

/* ---- logs ---- */

static void
test_one_log_of_a_name_and_of_an_operator(void **state)
{
	char a[NOTE_KEY_TEXT], b[NOTE_KEY_TEXT], again[NOTE_KEY_TEXT], witness[NOTE_KEY_TEXT];
	const uint8_t other[32] = {1};
	struct witness_file file = open_file();
	struct witness_known *known = NULL;

	(void)state;
	note_key_make("a.example.org", NOTE_ED25519, other, again);
	note_key_make("c.example.org", NOTE_COSIGNATURE_V1, other, witness);
	(void)add(&file, vkey_of("a.example.org", a), "");
	assert_ptr_equal(add(&file, a, "the office"), &file.logs[0]); /* whose it is is learnt later */
	assert_string_equal(file.logs[0].operator, "the office");
	refused(witness_file_add(&file, slice_of(again), slice_of(""), &known, &err), "a second time");
	refused(witness_file_add(&file, slice_of(vkey_of("b.example.org", b)), slice_of("the office"), &known, &err),
	    "two logs");
	refused(witness_file_add(&file, slice_of(witness), slice_of(""), &known, &err), "key of a witness");
	refused(witness_file_add(&file, slice_of("nothing"), slice_of(""), &known, &err), "");
	assert_null(known);
	assert_int_equal(file.n, 1);
	(void)add(&file, b, "another office");
	assert_int_equal(file.n, 2);
	assert_ptr_equal(witness_file_find(&file, slice_of("b.example.org")), &file.logs[1]);
	assert_null(witness_file_find(&file, slice_of("c.example.org")));
	witness_file_close(&file);
}

/* Beacons come in any order, each once. */
static void
test_a_beacon_is_given_once(void **state)
{
	static const uint64_t order[] = {5, 1, 9, 3, 7, 2, 8, 4, 6};
	char vkey[NOTE_KEY_TEXT], hash[HASH_HEX + 1], other[HASH_HEX + 1];
	struct witness_file file = open_file();
	struct witness_known *known = add(&file, vkey_of("a.example.org", vkey), "");

	(void)state;
	hash_hex(slice_of("this"), hash);
	hash_hex(slice_of("that"), other);
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		well(witness_file_give(known, order[i], hash, &err));
		well(witness_file_give(known, order[i], hash, &err));
		assert_int_equal(known->n_given, i + 1);
	}
	for (size_t i = 0; i < 9; i++) {
		assert_int_equal(known->given[i].n, i + 1);
		refused(witness_file_give(known, i + 1, other, &err), "for another commitment");
		assert_string_equal(known->given[i].hash, hash);
	}
	assert_int_equal(known->n_given, 9);
	witness_file_close(&file);
}

/* ---- killed ---- */

static void
save_for_ever(_Atomic uint64_t *done)
{
	for (uint64_t size = *done + 1;; size++) {
		struct witness_file file;
		char hash[HASH_HEX + 1];

		if (witness_file_open(path, &file, NULL) != 0)
			_exit(1);
		hash_hex((struct slice){(const char *)&size, sizeof size}, hash);
		file.logs[0].size = size;
		file.logs[0].root = hash_of(&size, sizeof size);
		if (size % 16 == 0 && witness_file_give(&file.logs[0], size, hash, NULL) != 0)
			_exit(1);
		if (witness_file_save(&file, NULL) != 0)
			_exit(1);
		*done = size;
		witness_file_close(&file);
	}
}

/* What was saved before a kill is there after it, and nothing else but the one save that was under way. */
static void
test_killed_while_saving(void **state)
{
	_Atomic uint64_t *done = mmap(NULL, sizeof *done, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct witness_file file = open_file();
	struct support_random random;
	char vkey[NOTE_KEY_TEXT];

	(void)state;
	assert_true(done != MAP_FAILED);
	support_random_begin(&random);
	(void)add(&file, vkey_of("a.example.org", vkey), "");
	well(witness_file_save(&file, &err));
	witness_file_close(&file);
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t before = *done, size;
		struct hash root;
		pid_t pid = fork();
		int status;

		assert_true(pid >= 0);
		if (pid == 0)
			save_for_ever(done);
		while (*done == before && waitpid(pid, &status, WNOHANG) == 0)
			(void)usleep(50);
		(void)usleep((useconds_t)support_random_below(&random, 2000));
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		file = open_file();
		size = file.logs[0].size;
		root = hash_of(&size, sizeof size);
		assert_true(*done <= size && size <= *done + 1);
		assert_memory_equal(file.logs[0].root.b, root.b, HASH_BYTES);
		assert_int_equal(file.logs[0].n_given, size / 16);
		witness_file_close(&file);
		*done = size;
	}
	assert_true(*done > ROUNDS);
	assert_int_equal(munmap((void *)done, sizeof *done), 0);
}

/* ---- answers ---- */

static struct witness_server server = {.key = &key, .state = path};

/* `reply` is what was said, as a string that the caller frees. */
static int
answer(const char *to, struct slice body, int64_t now, char **reply, const char **type)
{
	struct buf out;
	int status;

	buf_init(&out, WITNESS_BODY_MAX);
	status = witness_answer(&server, to, body, now, &out, type);
	*reply = buf_steal(&out);
	assert_non_null(*reply);
	return status;
}

/* Asks for a checkpoint of this tree; `says` stands in the answer. */
static void
add_checkpoint(const struct merkle *tree, uint64_t old, uint64_t size, int want, const char *says)
{
	struct buf body = witness_scene_request(&scene, tree, old, size);
	const char *type = NULL;
	char *reply;
	int status = answer("/add-checkpoint", buf_view(&body), NOW, &reply, &type);

	if (status != want || strstr(reply, says) == NULL)
		fail_msg("%d instead of %d, or no \"%s\" in %s", status, want, says, reply);
	assert_string_equal(type, want == WITNESS_CONFLICT ? WITNESS_SIZE_TYPE : "text/plain; charset=utf-8");
	free(reply);
	buf_release(&body);
}

static void
know_the_log(uint64_t size)
{
	struct witness_file file = open_file();

	(void)add(&file, scene.log_vkey, "");
	well(witness_file_save(&file, &err));
	witness_file_close(&file);
	if (size > 0)
		add_checkpoint(&scene.tree, 0, size, WITNESS_YES, WITNESS_NAME);
}

static uint64_t
size_kept(void)
{
	struct witness_file file = open_file();
	uint64_t size = file.n == 0 ? 0 : file.logs[0].size;

	witness_file_close(&file);
	return size;
}

static void
test_the_answer_is_a_cosignature(void **state)
{
	struct buf body = witness_scene_request(&scene, &scene.tree, 0, 9);
	struct hash root = merkle_prefix_root(&scene.tree, 9);
	struct buf note = witness_scene_note(9, root, scene.log_secret);
	struct note *parsed = malloc(sizeof *parsed);
	struct note_key vkey;
	const char *type;
	uint64_t time = 0;
	char *reply;

	(void)state;
	assert_non_null(parsed);
	know_the_log(0);
	assert_int_equal(answer("/add-checkpoint", buf_view(&body), NOW, &reply, &type), WITNESS_YES);
	buf_text(&note, reply);
	assert_int_equal(note_parse(buf_view(&note), parsed, NULL), 0);
	assert_int_equal(note_key_parse(slice_of(scene.vkey), &vkey, NULL), 0);
	assert_int_equal(note_verify_cosignature(parsed, &vkey, &time), NOTE_TRUE);
	assert_int_equal(time, NOW);
	free(reply);
	free(parsed);
	buf_release(&note);
	buf_release(&body);
}

static void
test_answers(void **state)
{
	char fork[SCRATCH_PATH + 64];
	struct stat st;
	const char *type;
	char *reply;

	(void)state;
	add_checkpoint(&scene.tree, 0, 9, WITNESS_UNKNOWN_LOG, "no log of the name " WITNESS_ORIGIN);
	know_the_log(9);
	add_checkpoint(&scene.tree, 9, 9, WITNESS_YES, WITNESS_NAME);
	add_checkpoint(&scene.tree, 0, 20, WITNESS_CONFLICT, "9\n");
	add_checkpoint(&scene.tree, 5, 5, WITNESS_CONFLICT, "9\n");
	add_checkpoint(&scene.tree, 9, 5, WITNESS_BAD_REQUEST, "above the checkpoint's");
	assert_int_equal(scratch_count(dir), 1);
	assert_int_equal(size_kept(), 9);
	add_checkpoint(&scene.tree, 9, WITNESS_LEAVES, WITNESS_YES, WITNESS_NAME);
	/* The other log: what proves it is kept, once. */
	add_checkpoint(&scene.forked, WITNESS_LEAVES, WITNESS_LEAVES, WITNESS_CONFLICT, "300\n");
	(void)snprintf(fork, sizeof fork, "%s.fork-%.8s-300", path, strchr(scene.log_vkey, '+') + 1);
	assert_int_equal(access(fork, R_OK), 0);
	scratch_write(fork, "the first");
	add_checkpoint(&scene.forked, WITNESS_LEAVES, WITNESS_LEAVES, WITNESS_CONFLICT, "300\n");
	assert_int_equal(stat(fork, &st), 0);
	assert_int_equal(st.st_size, 9);         /* not overwritten */
	assert_int_equal(scratch_count(dir), 3); /* and what was cosigned */
	assert_int_equal(size_kept(), WITNESS_LEAVES);
	assert_int_equal(answer("/add-checkpoint", slice_of("hello"), NOW, &reply, &type), WITNESS_BAD_REQUEST);
	free(reply);
	assert_int_equal(answer("/elsewhere", slice_of("hello"), NOW, &reply, &type), 404);
	free(reply);
}

/* A note with more signatures than anybody reads. */
static void
test_too_many_signatures(void **state)
{
	struct buf body = witness_scene_request(&scene, &scene.tree, 0, 9);
	struct hash root = merkle_prefix_root(&scene.tree, 9);
	const char *type;
	char *reply;

	(void)state;
	know_the_log(0);
	for (int i = 0; i < NOTE_SIGNATURES_MAX; i++)
		witness_scene_cosign(&body, 9, root, "stranger.example.org", scene.other_secret, NOW);
	assert_int_equal(answer("/add-checkpoint", buf_view(&body), NOW, &reply, &type), WITNESS_BAD_REQUEST);
	free(reply);
	buf_release(&body);
}

/* That its own memory fails it is no fault of whoever asked. */
static void
test_a_damaged_state_is_a_fault_of_the_witness(void **state)
{
	static const char *const paths[] = {"/add-checkpoint", "/spotcheck-beacon"};
	struct buf note = witness_scene_note(9, merkle_prefix_root(&scene.tree, 9), scene.log_secret), beacon;
	struct buf body = witness_scene_request(&scene, &scene.tree, 0, 9);

	(void)state;
	buf_init(&beacon, WITNESS_BODY_MAX);
	witness_beacon_write(0, NULL, 0, scene.commit, buf_view(&note), &beacon);
	write_state("hello\n", 6);
	for (size_t i = 0; i < 2; i++) {
		const char *type;
		char *reply;

		assert_int_equal(answer(paths[i], i == 0 ? buf_view(&body) : buf_view(&beacon), NOW, &reply, &type),
		    500);
		assert_non_null(strstr(reply, "nothing is signed"));
		free(reply);
	}
	buf_release(&beacon);
	buf_release(&body);
	buf_release(&note);
}

/* The commitment in a log of one entry, cosigned in time. */
static int
ask_beacon(struct slice commit, int64_t now, char **reply)
{
	struct hash root = hash_leaf(commit);
	struct buf note = witness_scene_note(1, root, scene.log_secret), body;
	const char *type;
	int status;

	witness_scene_cosign(&note, 1, root, WITNESS_NAME, scene.secret, NOW - COMMIT_LEAD_S);
	buf_init(&body, WITNESS_BODY_MAX);
	witness_beacon_write(0, NULL, 0, commit, buf_view(&note), &body);
	status = answer("/spotcheck-beacon", buf_view(&body), now, reply, &type);
	buf_release(&body);
	buf_release(&note);
	return status;
}

static void
test_beacons(void **state)
{
	struct slice other =
	    slice_with(scene.commit, S("\"cycle\":\"after-holiday\""), S("\"cycle\":\"before-holiday\""));
	char hash[HASH_HEX + 1], signature[WITNESS_SIGNATURE_HEX], *first, *reply;
	struct slice second = witness_scene_commit(scene.vkey, "2");
	struct witness_file file;

	(void)state;
	hash_hex(scene.commit, hash);
	witness_beacon_sign(slice_of(hash), scene.secret, signature);
	assert_int_equal(ask_beacon(scene.commit, NOW, &reply), WITNESS_UNKNOWN_LOG);
	free(reply);
	know_the_log(0);
	assert_int_equal(ask_beacon(scene.commit, NOW - 1, &reply), WITNESS_TOO_EARLY);
	free(reply);
	assert_int_equal(ask_beacon(scene.commit, NOW, &first), WITNESS_YES);
	assert_memory_equal(first, signature, WITNESS_SIGNATURE_HEX - 1);
	assert_string_equal(first + WITNESS_SIGNATURE_HEX - 1, "\n");
	assert_int_equal(ask_beacon(scene.commit, NOW + 1000, &reply), WITNESS_YES);
	assert_string_equal(reply, first); /* a second one would be a choice */
	free(reply);
	assert_int_equal(ask_beacon(other, NOW, &reply), WITNESS_NOT_SIGNED);
	assert_non_null(strstr(reply, "for another commitment"));
	free(reply);
	assert_int_equal(ask_beacon(second, NOW, &reply), WITNESS_YES);
	free(reply);
	free(first);
	file = open_file();
	assert_int_equal(file.logs[0].n_given, 2);
	assert_string_equal(file.logs[0].given[0].hash, hash);
	witness_file_close(&file);
	slice_free(second);
	slice_free(other);
}

/* ---- several at once ---- */

struct race {
	_Atomic uint8_t given[2][WITNESS_LEAVES + 1]; /* a cosignature of so many entries, of which tree */
};

/* Goes on from where the witness says that it is, a few entries at a time; ends where its tree can go no further. */
static int
run_a_log(struct race *race, unsigned child)
{
	const struct merkle *tree = child % 2 == 0 ? &scene.tree : &scene.forked;
	struct support_random random = {child};
	uint64_t old = 0;

	for (int i = 0; i < 1000 && old < WITNESS_LEAVES; i++) {
		uint64_t size = old + 1 + support_random_below(&random, 3);
		struct buf body =
		               witness_scene_request(&scene, tree, old, size > WITNESS_LEAVES ? WITNESS_LEAVES : size),
		           reply;
		const char *type;
		struct slice said;
		int status;

		buf_init(&reply, WITNESS_BODY_MAX);
		status = witness_answer(&server, "/add-checkpoint", buf_view(&body), NOW, &reply, &type);
		said = buf_view(&reply);
		if (status == WITNESS_YES) {
			old = size > WITNESS_LEAVES ? WITNESS_LEAVES : size;
			race->given[child % 2][old] = 1;
			if (size_kept() < old)
				return 1;
		} else if (status == WITNESS_CONFLICT && text_to_uint(slice_cut(&said, '\n'), &size) && size >= old) {
			old = size;
		} else if (status == WITNESS_NO_PROOF && old > WITNESS_FORK) {
			i += 100;
		} else {
			return 1;
		}
		buf_release(&reply);
		buf_release(&body);
	}
	return 0;
}

static void
test_several_at_once_never_roll_back(void **state)
{
	struct race *race = mmap(NULL, sizeof *race, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t largest[2] = {0};
	pid_t pids[CHILDREN];
	unsigned winner;
	struct witness_file file;
	struct hash root;

	(void)state;
	assert_true(race != MAP_FAILED);
	know_the_log(200);
	for (unsigned i = 0; i < CHILDREN; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0)
			_exit(run_a_log(race, i));
	}
	for (unsigned i = 0; i < CHILDREN; i++) {
		int status = -1;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	for (unsigned which = 0; which < 2; which++)
		for (uint64_t size = 0; size <= WITNESS_LEAVES; size++)
			if (race->given[which][size] != 0)
				largest[which] = size;
	winner = largest[1] > largest[0];
	assert_true(largest[!winner] <= WITNESS_FORK); /* one history alone */
	assert_int_equal(largest[winner], WITNESS_LEAVES);
	add_checkpoint(winner == 0 ? &scene.forked : &scene.tree, WITNESS_LEAVES, WITNESS_LEAVES, WITNESS_CONFLICT,
	    "300\n");
	file = open_file();
	root = merkle_prefix_root(winner == 0 ? &scene.tree : &scene.forked, WITNESS_LEAVES);
	assert_int_equal(file.logs[0].size, WITNESS_LEAVES);
	assert_memory_equal(file.logs[0].root.b, root.b, HASH_BYTES);
	witness_file_close(&file);
	assert_int_equal(munmap(race, sizeof *race), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(test_there_and_back),
	    TEST(test_damage_is_seen),
	    TEST(test_what_is_no_state),
	    TEST(test_one_log_of_a_name_and_of_an_operator),
	    TEST(test_a_beacon_is_given_once),
	    TEST(test_killed_while_saving),
	    TEST(test_the_answer_is_a_cosignature),
	    TEST(test_answers),
	    TEST(test_too_many_signatures),
	    TEST(test_a_damaged_state_is_a_fault_of_the_witness),
	    TEST(test_beacons),
	    TEST(test_several_at_once_never_roll_back),
	};

	return cmocka_run_group_tests(tests, set_up_all, tear_down_all);
}
