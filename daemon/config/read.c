/* Reads the INI line by line, sets every key, fills in defaults, and reports all faults. */
#include "config/read.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/check_private.h"
#include "config/values_private.h"
#include "core/base/text.h"
#include "text/suggest.h"

/*
 * inih splits a line into key and value.  It would silently accept or skip some broken lines (long ones, with NUL,
 * with a broken header, indented ones), so these are refused before it sees them.
 */

#define FILE_MAX ((size_t)1 << 20)
#define LINE_MAX_BYTES 1000

enum section { SECTION_BEFORE, SECTION_SKIPPED, SECTION_GENERAL, SECTION_WITNESS, SECTION_CYCLE };

struct reader {
	struct config *config;
	struct diag *diag;
	struct slice rest; /* the lines that inih has not read yet */
	unsigned long line;
	enum section section;
	const char *section_name; /* "service" … of config_keys */
	unsigned long begun[8];   /* by index in general_sections: the line of [service] … */
	struct config_lines lines;
	struct config_key_lines *witness_lines;
	bool no_memory;
};

static const char *const general_sections[] = {"service", "calendar", "mail", "beacon"};
static const char *const later_sections[] = {"outcomes", "dispositions", "office", "designation"};
static const char *const all_sections[] = {"service", "calendar", "mail", "beacon", "witness", "cycle"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
report_line_fault(struct reader *r, const char *message)
{
	diag_add(r->diag, r->config->path, r->line, "%s", r->diag->tr != NULL ? r->diag->tr(message) : message);
}

/* ---- sections ---- */

/* Appends one section of its kind, zeroed, to the structs and to the line numbers.  Returns its struct, or NULL. */
static void *
add_section(struct reader *r, void **objects, size_t *n, size_t size, struct config_key_lines **lines)
{
	void *grown = reallocarray(*objects, *n + 1, size);
	struct config_key_lines *grown_lines;

	if (grown != NULL)
		*objects = grown;
	grown_lines = reallocarray(*lines, *n + 1, sizeof **lines);
	if (grown_lines != NULL)
		*lines = grown_lines;
	if (grown == NULL || grown_lines == NULL) {
		r->no_memory = true;
		return NULL;
	}
	memset((char *)grown + *n * size, 0, size);
	grown_lines[*n] = (struct config_key_lines){.faulty = false};
	(*n)++;
	return (char *)grown + (*n - 1) * size;
}

static void
begin_cycle_section(struct reader *r, struct slice name)
{
	struct config *config = r->config;
	void *cycles = config->cycles;
	struct config_cycle *cycle = add_section(r, &cycles, &config->n_cycles, sizeof *cycle, &r->lines.cycles);

	config->cycles = cycles;
	if (cycle == NULL)
		return;
	cycle->line = r->line;
	cycle->name = slice_dup(name);
	r->no_memory = r->no_memory || cycle->name == NULL;
	r->section = SECTION_CYCLE;
	r->section_name = "cycle";
}

static void
begin_witness_section(struct reader *r, struct slice name)
{
	struct config *config = r->config;
	void *witnesses = config->witnesses;
	struct config_witness *witness =
	    add_section(r, &witnesses, &config->n_witnesses, sizeof *witness, &r->witness_lines);

	config->witnesses = witnesses;
	if (witness == NULL)
		return;
	witness->line = r->line;
	witness->name = slice_dup(name);
	r->no_memory = r->no_memory || witness->name == NULL;
	r->section = SECTION_WITNESS;
	r->section_name = "witness";
}

static void
begin_general_section(struct reader *r, size_t index)
{
	if (r->begun[index] != 0) {
		diag_add(r->diag, r->config->path, r->line, N_("[%s] stands on line %lu already: put its keys there"),
		    general_sections[index], r->begun[index]);
		return;
	}
	r->begun[index] = r->line;
	r->section = SECTION_GENERAL;
	r->section_name = general_sections[index];
}

static void
report_unknown_section(struct reader *r, struct slice name)
{
	const char *meant;

	for (size_t i = 0; i < COUNT(later_sections); i++) {
		if (slice_is(name, later_sections[i])) {
			diag_add(r->diag, r->config->path, r->line,
			    N_("[%s] comes with the archive, which this version does not have"), later_sections[i]);
			return;
		}
	}
	meant = suggest(name, all_sections, COUNT(all_sections));
	if (meant != NULL)
		diag_add(r->diag, r->config->path, r->line, N_("there is no section [%.*s]: did you mean [%s]?"),
		    SLICE_ARGS(name), meant);
	else
		diag_add(r->diag, r->config->path, r->line,
		    N_("there is no section [%.*s]: there are service, calendar, mail, beacon, witness NAME and cycle "
		       "NAME"),
		    SLICE_ARGS(name));
}

/* `text` is the header without brackets.  Keys of a section with a faulty header are skipped. */
static void
begin_section(struct reader *r, struct slice text)
{
	struct slice name = text, kind = slice_cut(&name, ' ');
	bool cycle = slice_is(kind, "cycle"), witness = slice_is(kind, "witness");

	r->section = SECTION_SKIPPED;
	while (name.n > 0 && name.p[0] == ' ') {
		name.p++;
		name.n--;
	}
	if ((cycle || witness) && !text_is_id(name)) {
		diag_add(r->diag, r->config->path, r->line,
		    N_("[%.*s]: %s needs a name of at most 32 of the characters A-Z a-z 0-9 . _ -"), SLICE_ARGS(text),
		    cycle ? "cycle" : "witness");
		return;
	}
	if (cycle) {
		begin_cycle_section(r, name);
		return;
	}
	if (witness) {
		begin_witness_section(r, name);
		return;
	}
	for (size_t i = 0; i < COUNT(general_sections); i++) {
		if (slice_is(text, general_sections[i])) {
			begin_general_section(r, i);
			return;
		}
	}
	report_unknown_section(r, text);
}

/* ---- keys ---- */

/* The line numbers and the struct of the section that is being read. */
static struct config_key_lines *
section_lines(struct reader *r, void **ret_object)
{
	struct config *config = r->config;

	switch (r->section) {
	case SECTION_CYCLE:
		*ret_object = &config->cycles[config->n_cycles - 1];
		return &r->lines.cycles[config->n_cycles - 1];
	case SECTION_WITNESS:
		*ret_object = &config->witnesses[config->n_witnesses - 1];
		return &r->witness_lines[config->n_witnesses - 1];
	default:
		*ret_object = config;
		return &r->lines.general;
	}
}

static void
report_unknown_key(struct reader *r, struct slice name)
{
	const char *words[CONFIG_KEYS_MAX] = {NULL}, *meant;
	size_t n = 0;

	for (size_t i = 0; i < config_n_keys; i++) {
		if (strcmp(config_keys[i].section, r->section_name) == 0)
			words[n++] = config_keys[i].name;
	}
	meant = suggest(name, words, n);
	if (meant != NULL) {
		diag_add(r->diag, r->config->path, r->line, N_("[%s] has no key \"%.*s\": did you mean \"%s\"?"),
		    r->section_name, SLICE_ARGS(name), meant);
		return;
	}
	for (size_t i = 0; i < config_n_keys; i++) {
		if (slice_is(name, config_keys[i].name)) {
			diag_add(r->diag, r->config->path, r->line, N_("[%s] has no key \"%.*s\": it belongs in [%s]"),
			    r->section_name, SLICE_ARGS(name), config_keys[i].section);
			return;
		}
	}
	diag_add(r->diag, r->config->path, r->line, N_("[%s] has no key \"%.*s\""), r->section_name, SLICE_ARGS(name));
}

static void
set_key_value(struct reader *r, void *object, const struct config_key *key, struct slice text, unsigned long line)
{
	struct config_value v = {
	    .config = r->config,
	    .object = object,
	    .key = key,
	    .text = text,
	    .file = r->config->path,
	    .line = line,
	    .diag = r->diag,
	};

	config_value_set(&v);
	r->no_memory = r->no_memory || v.no_memory;
}

/* The handler of inih.  Its section name is not used, because inih cuts long names. */
static int
on_key(void *ctx, const char *section, const char *name, const char *value)
{
	struct reader *r = ctx;
	struct config_key_lines *lines;
	unsigned long faults;
	void *object;

	(void)section;
	if (r->section == SECTION_SKIPPED || r->no_memory)
		return 1;
	if (r->section == SECTION_BEFORE) {
		report_line_fault(r, N_("a key before the first [section]"));
		return 1;
	}
	lines = section_lines(r, &object);
	for (size_t i = 0; i < config_n_keys; i++) {
		if (strcmp(config_keys[i].section, r->section_name) != 0 || strcmp(config_keys[i].name, name) != 0)
			continue;
		if (lines->at[i] != 0) {
			diag_add(r->diag, r->config->path, r->line, N_("%s stands on line %lu already"), name,
			    lines->at[i]);
			return 1;
		}
		lines->at[i] = r->line;
		faults = r->diag->count;
		set_key_value(r, object, &config_keys[i], slice_of(value), r->line);
		lines->faulty = lines->faulty || r->diag->count != faults;
		return 1;
	}
	report_unknown_key(r, slice_of(name));
	return 1;
}

/* ---- lines ---- */

static struct slice
trim_line_end(struct slice line)
{
	while (line.n > 0 && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\t' || line.p[line.n - 1] == '\r'))
		line.n--;
	return line;
}

static bool
is_indented(struct slice line)
{
	return line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t');
}

/* Whether inih may see the line.  A fault is reported, and the line counts as empty. */
static bool
is_key_line(struct reader *r, struct slice line)
{
	struct slice value = line, key;

	if (line.n > LINE_MAX_BYTES)
		report_line_fault(r, N_("the line is longer than 1000 bytes"));
	else if (memchr(line.p, '\0', line.n) != NULL)
		report_line_fault(r, N_("the line holds a NUL byte"));
	else if (!text_is_utf8(line))
		report_line_fault(r, N_("the line is not UTF-8"));
	else if (is_indented(line))
		report_line_fault(r, N_("the line is indented: a key or a section begins at the line's start"));
	else if (memchr(line.p, '=', line.n) == NULL)
		report_line_fault(r, N_("this is no \"key = value\", no [section] and no # comment"));
	else if (key = slice_cut(&value, '='),
	    trim_line_end(key).n == 0 || trim_line_end(key).n > 40 || memchr(key.p, ':', key.n) != NULL)
		report_line_fault(r, N_("the first = must follow the name of a key"));
	else
		return true;
	return false;
}

static void
read_section_header(struct reader *r, struct slice line)
{
	struct slice name = {line.p + 1, line.n - 1};

	r->section = SECTION_SKIPPED;
	if (!text_is_utf8(line) || memchr(line.p, '\0', line.n) != NULL || line.n > LINE_MAX_BYTES ||
	    memchr(line.p, ']', line.n) != line.p + line.n - 1) {
		report_line_fault(r, N_("a section is written [name], with nothing else on its line"));
		return;
	}
	name.n--;
	begin_section(r, name);
}

/* The reader of inih: hands it the next line, or an empty one where the line is no key. */
static char *
next_ini_line(char *buffer, int size, void *stream)
{
	struct reader *r = stream;
	struct slice line, bare;

	if (r->rest.p == NULL || r->rest.n == 0)
		return NULL;
	line = trim_line_end(slice_cut(&r->rest, '\n'));
	r->line++;
	bare = line;
	while (is_indented(bare)) {
		bare.p++;
		bare.n--;
	}
	if (bare.n == 0 || bare.p[0] == '#' || bare.p[0] == ';') {
		line.n = 0;
	} else if (line.p[0] == '[') {
		read_section_header(r, line);
		line.n = 0;
	} else if (!is_key_line(r, line)) {
		line.n = 0;
	}
	if (line.n + 2 > (size_t)size) /* cannot be: LINE_MAX_BYTES is below the buffer of inih */
		line.n = 0;
	if (line.n > 0)
		memcpy(buffer, line.p, line.n);
	buffer[line.n] = '\n';
	buffer[line.n + 1] = '\0';
	return buffer;
}

/* ---- what is missing ---- */

static void
add_defaults(struct reader *r, const char *section, void *object, struct config_key_lines *lines, unsigned long line,
    const char *name)
{
	for (size_t i = 0; i < config_n_keys; i++) {
		const struct config_key *key = &config_keys[i];

		if (strcmp(key->section, section) != 0 || lines->at[i] != 0)
			continue;
		if (key->default_text != NULL) {
			set_key_value(r, object, key, slice_of(key->default_text), line);
			continue;
		}
		lines->faulty = true;
		if (name != NULL)
			diag_add(r->diag, r->config->path, line, N_("[%s %s] lacks the key \"%s\""), section, name,
			    key->name);
		else
			diag_add(r->diag, r->config->path, line, N_("[%s] lacks the key \"%s\""), section, key->name);
	}
}

static void
add_all_defaults(struct reader *r)
{
	struct config *config = r->config;

	for (size_t i = 0; i < COUNT(general_sections); i++)
		add_defaults(r, general_sections[i], config, &r->lines.general, r->begun[i], NULL);
	for (size_t i = 0; i < config->n_witnesses; i++)
		add_defaults(r, "witness", &config->witnesses[i], &r->witness_lines[i], config->witnesses[i].line,
		    config->witnesses[i].name);
	for (size_t i = 0; i < config->n_cycles; i++)
		add_defaults(r, "cycle", &config->cycles[i], &r->lines.cycles[i], config->cycles[i].line,
		    config->cycles[i].name);
}

/* Texts without a key of their own become "" too, never NULL. */
static void
fill_empty(struct reader *r)
{
	struct config *c = r->config;
	char **fields[] = {&c->mail_server, &c->mail_host, &c->maildir, &c->mail_from_name, &c->mail_from};

	for (size_t i = 0; i < COUNT(fields); i++)
		if (*fields[i] == NULL && (*fields[i] = strdup("")) == NULL)
			r->no_memory = true;
}

/* ---- the file ---- */

static bool
read_all(int fd, char **ret_bytes, size_t *ret_len)
{
	char *bytes = malloc(FILE_MAX + 1);
	size_t len = 0;
	ssize_t n = 0;

	while (bytes != NULL && len <= FILE_MAX && (n = read(fd, bytes + len, FILE_MAX + 1 - len)) > 0)
		len += (size_t)n;
	if (bytes == NULL || n < 0) {
		free(bytes);
		return false;
	}
	*ret_bytes = bytes;
	*ret_len = len;
	return true;
}

/* Reads the file, without blocking if it is a pipe.  The caller frees `*ret_bytes`, also after a failure. */
static bool
load_ini(struct config *config, struct diag *diag, char **ret_bytes, size_t *ret_len)
{
	int fd = open(config->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	bool ok = false;

	if (fd < 0 || fstat(fd, &st) != 0)
		diag_add(diag, config->path, 0, "%s", strerror(errno));
	else if (!S_ISREG(st.st_mode))
		diag_add(diag, config->path, 0, N_("this is no regular file"));
	else if (!read_all(fd, ret_bytes, ret_len))
		diag_add(diag, config->path, 0, N_("it cannot be read: %s"), strerror(errno));
	else
		ok = true;
	if (fd >= 0)
		(void)close(fd);
	if (ok && *ret_len > FILE_MAX) {
		diag_add(diag, config->path, 0, N_("the file is larger than 1 MiB"));
		ok = false;
	}
	return ok;
}

static bool
set_path(struct config *config, const char *path)
{
	const char *slash = strrchr(path, '/');

	config->path = strdup(path);
	config->dir = slash == NULL ? strdup(".") : slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
	return config->path != NULL && config->dir != NULL;
}

static void
parse_ini(struct reader *r)
{
	if (r->rest.n >= 3 && memcmp(r->rest.p, "\xEF\xBB\xBF", 3) == 0) {
		r->rest.p += 3;
		r->rest.n -= 3;
	}
	ini_max_line = LINE_MAX_BYTES + 24;
	ini_initial_alloc = LINE_MAX_BYTES + 24;
	ini_use_stack = false;
	ini_allow_realloc = false;
	ini_stop_on_first_error = false;
	ini_allow_inline_comments = false;
	ini_allow_multiline = false;
	ini_allow_no_value = false;
	if (ini_parse_stream(next_ini_line, r, on_key, r) == -2)
		r->no_memory = true;
	if (!r->no_memory)
		add_all_defaults(r);
	if (!r->no_memory)
		fill_empty(r);
}

int
config_read(const char *path, struct config *ret_config, struct diag *diag)
{
	struct config config = {0};
	struct reader r = {.config = &config, .diag = diag};
	unsigned long before = diag->count;
	char *bytes = NULL;
	size_t len = 0;
	int rc = ERR_REFUSED;

	if (!set_path(&config, path)) {
		r.no_memory = true;
		goto out;
	}
	if (!load_ini(&config, diag, &bytes, &len))
		goto out;
	r.rest = (struct slice){bytes, len};
	parse_ini(&r);
	if (!r.no_memory)
		config_check(&config, &r.lines, diag);
	if (!r.no_memory && diag->count == before) {
		*ret_config = config;
		config = (struct config){0};
		rc = 0;
	}
out:
	if (r.no_memory) {
		diag_add(diag, path, 0, N_("there is not enough memory"));
		rc = ERR_MEMORY;
	}
	free(bytes);
	free(r.lines.cycles);
	free(r.witness_lines);
	config_release(&config);
	return rc;
}
