/* A log that a test makes entry by entry. */

#include "log_scene.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define NOTE_ROOM ((size_t)1 << 16)

static void
make_key(const char *name, enum note_algorithm algorithm, uint8_t first, uint8_t *secret, char *vkey)
{
	uint8_t seed[32] = {first}, public[32];

	assert_int_equal(crypto_sign_seed_keypair(public, secret, seed), 0);
	note_key_make(name, algorithm, public, vkey);
}

/* ---- the log ---- */

static void
count_entries(struct log_scene *scene, size_t n)
{
	struct log *log = &scene->log;

	log->entries = scene->entries;
	log->n_entries = log->n_parsed = n;
}

void
log_scene_begin(struct log_scene *scene, size_t witnesses)
{
	struct entry genesis = {.type = ENTRY_GENESIS, .time = LOG_START};

	assert_true(sodium_init() >= 0);
	memset(scene, 0, sizeof *scene);
	make_key(LOG_ORIGIN, NOTE_ED25519, 1, scene->secret, scene->vkey);
	for (size_t i = 0; i < LOG_WITNESSES_MAX; i++) {
		char name[32];

		(void)snprintf(name, sizeof name, "w%zu.example.org", i);
		make_key(name, NOTE_COSIGNATURE_V1, (uint8_t)(10 + i), scene->witness_secrets[i], scene->witnesses[i]);
		scene->keys[i] = slice_of(scene->witnesses[i]);
	}
	scene->log.vkey_text = slice_of(scene->vkey);
	assert_int_equal(note_key_parse(scene->log.vkey_text, &scene->log.key, NULL), 0);
	merkle_init(&scene->log.tree);
	genesis.genesis.origin = S(LOG_ORIGIN);
	genesis.genesis.operator = S("a district");
	genesis.genesis.key = scene->log.vkey_text;
	genesis.genesis.witnesses = scene->keys;
	genesis.genesis.n_witnesses = witnesses;
	(void)log_scene_add(scene, &genesis);
}

void
log_scene_release(struct log_scene *scene)
{
	while (scene->log.n_entries > 0)
		log_scene_drop(scene);
	merkle_release(&scene->log.tree);
	buf_release(&scene->log.checkpoint_bytes);
	memory_dir_release(&scene->dir);
}

size_t
log_scene_add(struct log_scene *scene, const struct entry *entry)
{
	size_t index = scene->log.n_entries;
	struct log_entry *e = &scene->entries[index];
	struct entry timed = *entry;
	struct err err = {0};
	struct buf text;

	assert_true(index < LOG_ENTRIES_MAX);
	if (timed.time == 0)
		timed.time = scene->now + 1;
	scene->now = timed.time;
	buf_init(&text, ENTRY_MAX);
	entry_write(&timed, &text);
	assert_false(text.failed);
	e->bytes.n = text.len;
	e->bytes.p = scene->texts[index] = buf_steal(&text);
	assert_non_null(e->bytes.p);
	hash_hex(e->bytes, e->hash);
	if (entry_parse(e->bytes, &e->entry, &err) != 0)
		fail_msg("%s: %s", err.message, e->bytes.p);
	assert_int_equal(merkle_add(&scene->log.tree, hash_leaf(e->bytes), NULL), 0);
	count_entries(scene, index + 1);
	return index;
}

void
log_scene_drop(struct log_scene *scene)
{
	size_t last = scene->log.n_entries - 1;

	entry_release(&scene->entries[last].entry);
	free(scene->texts[last]);
	merkle_release(&scene->log.tree);
	merkle_init(&scene->log.tree);
	for (size_t i = 0; i < last; i++)
		assert_int_equal(merkle_add(&scene->log.tree, hash_leaf(scene->entries[i].bytes), NULL), 0);
	count_entries(scene, last);
	scene->now = last == 0 ? 0 : scene->entries[last - 1].entry.time;
}

/* ---- entries ---- */

struct entry
log_cycle(const char *cycle, enum source source, uint64_t embargo_days, struct log_text *text)
{
	struct entry e = {.type = ENTRY_CYCLE};

	MODEL_HASH(text->hex, cycle, "/0");
	e.cycle.anchor = slice_of(text->hex);
	e.cycle.cycle = slice_of(cycle);
	e.cycle.reason = S("");
	e.cycle.chain = 1;
	e.cycle.embargo_days = embargo_days;
	e.cycle.length = 20;
	e.cycle.source = source;
	return e;
}

struct entry
log_commit(const struct log_scene *scene, const char *cycle, enum source source, uint64_t n, uint64_t link,
    int64_t draw_time)
{
	static const struct file_commitment file = {.root = S(ZEROS), .sha256 = S(ZEROS), .rows = 1};
	static struct stratum stratum = {.class = S("*"), .amount = 1};
	struct entry e = {.type = ENTRY_COMMIT};
	struct commit *c = &e.commit;

	c->beacon.source = source;
	if (source == SOURCE_PUBLIC) {
		c->beacon.count = 20;
		c->beacon.label = S("dice");
		c->beacon.symbols = S("0123456789");
	} else if (source == SOURCE_DRAND) {
		c->beacon.chain = slice_of(drand_quicknet);
		c->beacon.round = drand_round(draw_time);
	} else if (source == SOURCE_WITNESS) {
		c->beacon.key = scene->keys[0];
	}
	c->chain = 1;
	c->link = link;
	c->n = n;
	c->cycle = slice_of(cycle);
	c->origin = S(LOG_ORIGIN);
	c->date = (int32_t)(draw_time / DAY_S);
	c->draw_time = c->reveal_time = draw_time;
	c->inspectors = c->targets = file;
	c->rules.team[0] = S("any");
	c->rules.seats = 1;
	c->rules.timezone = S("UTC");
	c->sealed = S(ZEROS);
	c->strata = &stratum;
	c->n_strata = 1;
	return e;
}

static const struct commit *
commit_at(const struct log_scene *scene, size_t index)
{
	assert_int_equal(scene->entries[index].entry.type, ENTRY_COMMIT);
	return &scene->entries[index].entry.commit;
}

/* Not before, and not before the entry that was added last. */
static int64_t
no_earlier(const struct log_scene *scene, int64_t time)
{
	return time > scene->now ? time : scene->now;
}

struct entry
log_draw(const struct log_scene *scene, size_t commit)
{
	const struct commit *c = commit_at(scene, commit);
	struct entry e = {.type = ENTRY_DRAW, .time = no_earlier(scene, c->draw_time)};

	e.draw.beacon = S("");
	if (c->beacon.source == SOURCE_PUBLIC)
		e.draw.beacon = S("00000000000000000000");
	else if (c->beacon.source != SOURCE_NONE)
		e.draw.beacon = S(ZEROS);
	if (c->beacon.source == SOURCE_DRAND)
		e.draw.signature = (struct slice){ZEROS ZEROS, 96};
	else if (c->beacon.source == SOURCE_WITNESS)
		e.draw.signature = S(ZEROS ZEROS);
	e.draw.commit = slice_of(scene->entries[commit].hash);
	e.draw.places = e.draw.record = S(ZEROS);
	e.draw.n = c->n;
	return e;
}

struct entry
log_void(const struct log_scene *scene, size_t commit)
{
	struct entry e = {.type = ENTRY_VOID};

	e.void_.commit = slice_of(scene->entries[commit].hash);
	e.void_.reason = S("a reason");
	e.void_.n = commit_at(scene, commit)->n;
	return e;
}

struct entry
log_reveal(const struct log_scene *scene, size_t commit, bool is_void, struct log_text *text)
{
	const struct commit *c = commit_at(scene, commit);
	struct entry e = {.type = ENTRY_REVEAL, .time = no_earlier(scene, is_void ? c->draw_time : c->reveal_time)};
	char cycle[ID_MAX + 1], link[24];

	(void)snprintf(cycle, sizeof cycle, "%.*s", SLICE_ARGS(c->cycle));
	(void)snprintf(link, sizeof link, "%llu", (unsigned long long)c->link);
	MODEL_HASH(text->hex, cycle, "/", link);
	e.reveal.secret = slice_of(text->hex);
	e.reveal.record = is_void ? S("") : S(ZEROS);
	e.reveal.n = c->n;
	return e;
}

/* ---- checkpoints ---- */

static struct buf
checkpoint_of(const struct log_scene *scene, uint64_t size)
{
	struct checkpoint checkpoint = {S(LOG_ORIGIN), size, merkle_prefix_root(&scene->log.tree, size)};
	struct buf text;

	buf_init(&text, NOTE_ROOM);
	checkpoint_text(&checkpoint, &text);
	assert_false(text.failed);
	return text;
}

struct buf
log_scene_checkpoint(const struct log_scene *scene, uint64_t size)
{
	struct buf text = checkpoint_of(scene, size), note;

	buf_init(&note, NOTE_ROOM);
	buf_slice(&note, buf_view(&text));
	buf_byte(&note, '\n');
	note_sign(buf_view(&text), LOG_ORIGIN, scene->secret, &note);
	assert_false(note.failed);
	buf_release(&text);
	return note;
}

void
log_scene_cosign(const struct log_scene *scene, uint64_t size, size_t witness, int64_t time, struct buf *note)
{
	struct buf text = checkpoint_of(scene, size);
	char name[32];

	(void)snprintf(name, sizeof name, "w%zu.example.org", witness);
	note_cosign(buf_view(&text), name, scene->witness_secrets[witness], (uint64_t)time, note);
	assert_false(note->failed);
	buf_release(&text);
}

void
log_scene_main(struct log_scene *scene, struct buf *note)
{
	struct log *log = &scene->log;

	buf_release(&log->checkpoint_bytes);
	log->checkpoint_bytes = *note;
	assert_int_equal(note_parse(buf_view(&log->checkpoint_bytes), &log->note, NULL), 0);
	assert_int_equal(checkpoint_parse(log->note.text, &log->checkpoint, NULL), 0);
}

void
log_scene_put(struct log_scene *scene, const char *path, struct buf *note)
{
	memory_dir_put(&scene->dir, path, buf_view(note));
	buf_release(note);
}
