/*
 * Stands in for libFuzzer: replays inputs, then mutates them with seeded random numbers.
 *
 *	fuzz_entry [-n ROUNDS] [-t SECONDS] [-k FILE] [INPUT|DIRECTORY]...
 *
 * Every input, and every file of every directory, is run as it is; then ROUNDS mutations of them (2000), or as many as
 * SECONDS hold (8 where -n does not say more).  The seed is SPOTCHECK_SEED of the environment, else the time, and is
 * printed: with the same seed and inputs the same mutations come again.  -k keeps what is being run in FILE, so that it
 * is there after a crash.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define INPUT_MAX ((size_t)1 << 16)
#define ROUNDS 2000
#define SECONDS 8

struct input {
	uint8_t *data;
	size_t size;
};

static struct input *corpus;
static size_t n_corpus;
static uint64_t random_state;
static const char *keep_in;

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t
random_next(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static size_t
below(size_t limit)
{
	return limit == 0 ? 0 : (size_t)(random_next() % limit);
}

static void *
need(void *memory)
{
	if (memory == NULL) {
		perror("fuzz");
		exit(1);
	}
	return memory;
}

/* Runs a copy in a block of exactly its size, so that a sanitizer sees a read past its end. */
static void
run(const uint8_t *data, size_t size)
{
	uint8_t *exact = need(malloc(size == 0 ? 1 : size));

	memcpy(exact, data, size);
	if (keep_in != NULL) {
		FILE *file = need(fopen(keep_in, "wb"));

		(void)fwrite(exact, 1, size, file);
		(void)fclose(file);
	}
	(void)LLVMFuzzerTestOneInput(exact, size);
	free(exact);
}

static void
add_file(const char *path)
{
	struct input input = {need(malloc(INPUT_MAX)), 0};
	FILE *file = fopen(path, "rb");

	if (file == NULL) {
		(void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
	input.size = fread(input.data, 1, INPUT_MAX, file);
	(void)fclose(file);
	corpus = need(realloc(corpus, (n_corpus + 1) * sizeof *corpus));
	corpus[n_corpus++] = input;
}

/* A directory's files in the order of their names, so that a seed means the same everywhere. */
static void
add(const char *path)
{
	struct dirent **names;
	struct stat st;
	int n;

	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		add_file(path);
		return;
	}
	n = scandir(path, &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		char *file;

		if (asprintf(&file, "%s/%s", path, names[i]->d_name) < 0)
			exit(1);
		if (stat(file, &st) == 0 && S_ISREG(st.st_mode))
			add_file(file);
		free(file);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

/* Puts `len` bytes in the place of `gone` at `at`; does nothing where that would be too long. */
static void
splice(struct input *input, size_t at, size_t gone, const void *bytes, size_t len)
{
	uint8_t copy[64];

	if (len > sizeof copy || input->size - gone + len > INPUT_MAX)
		return;
	memcpy(copy, bytes, len); /* it may come from the input itself */
	memmove(input->data + at + len, input->data + at + gone, input->size - at - gone);
	memcpy(input->data + at, copy, len);
	input->size += len - gone;
}

static void
mutate_once(struct input *input)
{
	static const char *const words[] = {"\"", "\\", "{", "}", "[", "]", ",", ":", "\n", "\r\n", " ", ";",
	    "\"\":", "0", "-0", "-1", "1", "9007199254740991", "9007199254740992", "16777217", "10001", "*", "any",
	    "null", "true", "1e3", "\\u0041", "2024-02-29", "2023-02-29", "9999-12-31", "\xEF\xBB\xBF", "\xC2\xA0",
	    "\xED\xA0\x80", "\xF0\x9F\x98\x80", "— ", "count", "per_10000", "level_gap", "signature", "declared",
	    "rotation", "carried", "excused"};
	size_t at = below(input->size + 1), rest = input->size - at, len = below(rest < 24 ? rest + 1 : 24);
	const struct input *other = &corpus[below(n_corpus)];
	const char *word = words[below(sizeof words / sizeof words[0])];
	uint8_t byte = (uint8_t)random_next();

	switch (below(8)) {
	case 0: /* flip a bit */
		if (rest > 0)
			input->data[at] ^= (uint8_t)(1u << below(8));
		break;
	case 1: /* change a byte */
		splice(input, at, rest > 0 && below(2) == 0, &byte, 1);
		break;
	case 2: /* change a digit, which keeps the form */
		for (; at < input->size; at++)
			if (input->data[at] >= '0' && input->data[at] <= '9') {
				input->data[at] = (uint8_t)('0' + below(10));
				break;
			}
		break;
	case 3: /* remove a piece */
		splice(input, at, len, "", 0);
		break;
	case 4: /* repeat a piece, or copy it elsewhere */
		splice(input, below(input->size + 1), 0, input->data + at, len);
		break;
	case 5: /* put in a word */
		splice(input, at, below(2) == 0 ? len : 0, word, strlen(word));
		break;
	case 6: /* put in a piece of another input */
		rest = below(other->size + 1);
		splice(input, at, below(2) == 0 ? len : 0, other->data + rest,
		    below(other->size - rest < 64 ? other->size - rest + 1 : 64));
		break;
	default: /* cut off the end */
		if (below(8) == 0)
			input->size = at;
		break;
	}
}

static void
mutate(struct input *input)
{
	const struct input *from = &corpus[below(n_corpus)];

	memcpy(input->data, from->data, from->size);
	input->size = from->size;
	for (size_t n = 1 + below(below(4) == 0 ? 12 : 2); n > 0; n--)
		mutate_once(input);
}

static unsigned long
number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text == '\0' || *end != '\0') {
		(void)fprintf(stderr, "no number: %s\n", text);
		exit(2);
	}
	return value;
}

int
main(int argc, char **argv)
{
	const char *seed = getenv("SPOTCHECK_SEED");
	unsigned long rounds = ROUNDS, seconds = SECONDS, done = 0;
	struct input input = {need(malloc(INPUT_MAX)), 0};
	time_t begun = time(NULL);
	int option;

	while ((option = getopt(argc, argv, "n:t:k:")) != -1) {
		if (option == 'n') {
			rounds = number(optarg);
			seconds = ULONG_MAX;
		} else if (option == 't') {
			seconds = number(optarg);
			rounds = ULONG_MAX;
		} else if (option == 'k') {
			keep_in = optarg;
		} else {
			return 2;
		}
	}
	for (int i = optind; i < argc; i++)
		add(argv[i]);
	random_state = seed != NULL ? strtoull(seed, NULL, 10) : (uint64_t)begun;
	printf("SPOTCHECK_SEED=%" PRIu64 "\n", random_state);
	(void)fflush(stdout);
	for (size_t i = 0; i < n_corpus; i++)
		run(corpus[i].data, corpus[i].size);
	if (n_corpus == 0) {
		corpus = need(calloc(1, sizeof *corpus));
		corpus[n_corpus++].data = need(malloc(1));
	}
	for (; done < rounds && (unsigned long)(time(NULL) - begun) < seconds; done++) {
		mutate(&input);
		run(input.data, input.size);
	}
	printf("%zu inputs replayed, %lu mutations\n", n_corpus, done);
	for (size_t i = 0; i < n_corpus; i++)
		free(corpus[i].data);
	free(corpus);
	free(input.data);
	return 0;
}
