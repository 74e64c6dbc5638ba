#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/format/note.h"
#include "core/base/text.h"
#include "text/address.h"
#include "system/clock.h"
#include "config/keys.h"
#include "text/suggest.h"

/* ---- what all parsers use ---- */

void *
config_field(const struct config_value *v)
{
	return (char *)v->object + v->key->offset;
}

bool
config_refuse(const struct config_value *v, const char *should)
{
	const char *words = v->diag->tr != NULL ? v->diag->tr(should) : should;

	diag_add(v->diag, v->file, v->line, N_("%s = %.*s: %s"), v->key->name, SLICE_ARGS(v->text), words);
	return false;
}

bool
config_keep(struct config_value *v, char **field, struct slice text)
{
	char *copy = slice_dup(text);

	if (copy == NULL) {
		v->no_memory = true;
		return false;
	}
	free(*field);
	*field = copy;
	return true;
}

bool
config_append(struct config_value *v, struct text_list *list, struct slice text)
{
	char **items = reallocarray(list->items, list->n + 1, sizeof *items);

	if (items == NULL) {
		v->no_memory = true;
		return false;
	}
	list->items = items;
	items[list->n] = NULL;
	if (!config_keep(v, &items[list->n], text))
		return false;
	list->n++;
	return true;
}

bool
config_number(struct slice text, int64_t max, int64_t *ret_value)
{
	uint64_t value;

	if (!text_to_uint(text, &value) || value > (uint64_t)max)
		return false;
	*ret_value = (int64_t)value;
	return true;
}

bool
config_next_word(struct slice *rest, struct slice *ret_word)
{
	bool quoted = false;
	size_t n = 0;

	while (rest->n > 0 && (rest->p[0] == ' ' || rest->p[0] == '\t')) {
		rest->p++;
		rest->n--;
	}
	while (n < rest->n && (quoted || (rest->p[n] != ' ' && rest->p[n] != '\t'))) {
		if (rest->p[n] == '"')
			quoted = !quoted;
		n++;
	}
	*ret_word = (struct slice){rest->p, n};
	rest->p += n;
	rest->n -= n;
	return n > 0;
}

/* Index of a word among "a|b|c", or -1. */
int
config_word_index(struct slice word, const char *words)
{
	struct slice rest = slice_of(words);

	for (int i = 0; rest.p != NULL; i++)
		if (slice_eq(slice_cut(&rest, '|'), word))
			return i;
	return -1;
}

/* "one of a, b, c", and the one that was meant, where that can be told. */
bool
config_refuse_word(const struct config_value *v, struct slice word)
{
	const char *choices[16];
	char copy[256], *rest = copy;
	const char *meant;
	size_t n = 0;

	(void)snprintf(copy, sizeof copy, "%s", v->key->words);
	while (rest != NULL && n < sizeof choices / sizeof choices[0])
		choices[n++] = strsep(&rest, "|");
	meant = suggest(word, choices, n);
	if (meant != NULL)
		diag_add(v->diag, v->file, v->line, N_("%s = %.*s: did you mean \"%s\"?"), v->key->name,
		    SLICE_ARGS(v->text), meant);
	else
		diag_add(v->diag, v->file, v->line, N_("%s = %.*s: it must be one of %s"), v->key->name,
		    SLICE_ARGS(v->text), v->key->words);
	return false;
}

bool
config_refuse_range(const struct config_value *v)
{
	diag_add(v->diag, v->file, v->line, N_("%s = %.*s: it must be a whole number from %lld to %lld"), v->key->name,
	    SLICE_ARGS(v->text), (long long)v->key->min, (long long)v->key->max);
	return false;
}

/* ---- texts ---- */

static bool
parse_origin(struct config_value *v)
{
	if (!note_name_ok(v->text) || v->text.n > (size_t)v->key->max || text_check(v->text, NULL) != TEXT_OK)
		return config_refuse(v, N_("it must be a name without spaces and '+', such as spotcheck.example.org"));
	return config_keep(v, config_field(v), v->text);
}

static bool
parse_reason(struct config_value *v)
{
	if (v->text.n > (size_t)v->key->max || text_check_reason(v->text) != TEXT_OK)
		return config_refuse(
		    v, N_("it must be one line of text without characters that cannot be seen, at most 1024 bytes"));
	return config_keep(v, config_field(v), v->text);
}

static bool
parse_zone(struct config_value *v)
{
	char **field = config_field(v);
	char *zone = slice_dup(v->text);
	bool exists = zone != NULL && clock_zone_exists(zone);

	v->no_memory |= zone == NULL;
	free(zone);
	if (v->no_memory)
		return false;
	if (!exists)
		return config_refuse(v, N_("there is no such timezone; it must be an IANA name such as Asia/Shanghai"));
	return config_keep(v, field, v->text);
}

static bool
parse_word(struct config_value *v)
{
	int *field = config_field(v);
	int index = config_word_index(v->text, v->key->words);

	if (index < 0)
		return config_refuse_word(v, v->text);
	*field = index;
	return true;
}

static bool
parse_string(struct config_value *v)
{
	if (config_word_index(v->text, v->key->words) < 0)
		return config_refuse_word(v, v->text);
	return config_keep(v, config_field(v), v->text);
}

static bool
parse_yes(struct config_value *v)
{
	bool *field = config_field(v);
	int index = config_word_index(v->text, v->key->words);

	if (index < 0)
		return config_refuse(v, N_("it must be yes or no"));
	*field = index == 1;
	return true;
}

static bool
has_control(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7F)
			return true;
	return false;
}

/* Relative paths start at the INI's folder. */
static bool
keep_path(struct config_value *v, char **field, struct slice path)
{
	char *joined = NULL;
	bool kept;

	if (has_control(path) || path.n > (size_t)v->key->max)
		return config_refuse(v, N_("it must be a path without control characters"));
	if (path.n == 0 || path.p[0] == '/')
		return config_keep(v, field, path);
	if (asprintf(&joined, "%s/%.*s", v->config->dir, (int)path.n, path.p) < 0) {
		v->no_memory = true;
		return false;
	}
	kept = config_keep(v, field, slice_of(joined));
	free(joined);
	return kept;
}

static bool
parse_path(struct config_value *v)
{
	return keep_path(v, config_field(v), v->text);
}

static bool
parse_files(struct config_value *v)
{
	struct text_list *list = config_field(v);
	struct slice rest = v->text, word;

	while (config_next_word(&rest, &word)) {
		char *path = NULL;
		bool kept = keep_path(v, &path, word) && config_append(v, list, slice_of(path));

		free(path);
		if (!kept)
			return false;
	}
	return true;
}

/* ---- addresses ---- */

static bool
starts(struct slice text, const char *prefix)
{
	size_t n = strlen(prefix);

	return text.n >= n && memcmp(text.p, prefix, n) == 0;
}

/* http:// or https:// and a host, of printable ASCII without quotes. */
static bool
is_url(struct slice url)
{
	size_t scheme = starts(url, "https://") ? 8 : starts(url, "http://") ? 7 : 0;

	if (scheme == 0 || url.n <= scheme || url.p[scheme] == '/')
		return false;
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] <= ' ' || url.p[i] > '~' || strchr("\"<>\\^`{|}", url.p[i]) != NULL)
			return false;
	return true;
}

/* With a '/' at its end, so that a path can follow. */
static bool
parse_url(struct config_value *v)
{
	char **field = config_field(v);
	char *whole = NULL;
	bool kept;

	if (v->text.n == 0)
		return config_keep(v, field, v->text);
	if (!is_url(v->text))
		return config_refuse(v, N_("it must be an address such as https://spotcheck.example.org/"));
	if (asprintf(&whole, "%.*s%s", (int)v->text.n, v->text.p, v->text.p[v->text.n - 1] == '/' ? "" : "/") < 0) {
		v->no_memory = true;
		return false;
	}
	kept = config_keep(v, field, slice_of(whole));
	free(whole);
	return kept;
}

bool
config_listed(const struct text_list *list, struct slice word)
{
	for (size_t i = 0; i < list->n; i++)
		if (slice_is(word, list->items[i]))
			return true;
	return false;
}

static bool
parse_urls(struct config_value *v)
{
	struct text_list *list = config_field(v);
	struct slice rest = v->text, word;

	while (config_next_word(&rest, &word)) {
		if (!is_url(word) || config_listed(list, word))
			return config_refuse(v, N_("they must be different addresses such as https://api.drand.sh"));
		if (!config_append(v, list, word))
			return false;
	}
	if (list->n < (size_t)v->key->min || list->n > (size_t)v->key->max)
		return config_refuse(v, N_("it must name two relays or more, since two must agree; with three, one may fail"));
	return true;
}

static bool
parse_email(struct config_value *v)
{
	if (!address_ok(v->text))
		return config_refuse(v, N_("it must be one mail address such as ops@example.org"));
	return config_keep(v, config_field(v), v->text);
}

static bool
parse_mailbox(struct config_value *v)
{
	struct slice name, address;

	if (!address_split(v->text, &name, &address) || text_check_reason(name) != TEXT_OK)
		return config_refuse(
		    v, N_("it must be a name and an address such as Spot Check <spotcheck@example.org>"));
	return config_keep(v, &v->config->mail_from_name, name) && config_keep(v, &v->config->mail_from, address);
}

static bool
host_ok(struct slice host)
{
	bool six = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';

	for (size_t i = six ? 1 : 0; i < host.n - (six ? 1 : 0); i++) {
		char c = host.p[i];
		bool digit = c >= '0' && c <= '9', letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!digit && !letter && (six ? c != ':' && c != '.' : c != '.' && c != '-'))
			return false;
	}
	return host.n > 0;
}

static bool
parse_host(struct config_value *v, struct slice host, int64_t port)
{
	const char *colon = host.n == 0 ? NULL : memrchr(host.p, ':', host.n);
	bool ok = true;

	if (host.n > 0 && host.p[host.n - 1] == '/')
		host.n--;
	if (colon != NULL && host.n > 0 && host.p[host.n - 1] != ']') {
		size_t at = (size_t)(colon - host.p);

		ok = config_number((struct slice){colon + 1, host.n - at - 1}, 65535, &port) && port > 0;
		host.n = at;
	}
	if (!ok || !host_ok(host))
		return config_refuse(v, N_("it must be a scheme, a host and a port, such as smtp://localhost:25"));
	v->config->mail_port = port;
	return config_keep(v, &v->config->mail_host, host) && config_keep(v, &v->config->mail_server, v->text);
}

static bool
parse_server(struct config_value *v)
{
	static const struct {
		const char *prefix;
		enum mail_scheme scheme;
		int port;
	} schemes[] = {
		{"smtp://", MAIL_SMTP, 25}, {"smtp+starttls://", MAIL_STARTTLS, 587}, {"smtps://", MAIL_SMTPS, 465},
		{"maildir:", MAIL_MAILDIR, 0},
	};

	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
		size_t n = strlen(schemes[i].prefix);
		struct slice rest;

		if (!starts(v->text, schemes[i].prefix))
			continue;
		rest = (struct slice){v->text.p + n, v->text.n - n};
		v->config->mail_scheme = schemes[i].scheme;
		if (schemes[i].scheme != MAIL_MAILDIR)
			return parse_host(v, rest, schemes[i].port);
		if (rest.n == 0)
			return config_refuse(v, N_("maildir: needs a path behind it"));
		return keep_path(v, &v->config->maildir, rest);
	}
	return config_refuse(v, N_("it must begin with smtp://, smtp+starttls://, smtps:// or maildir:"));
}

static bool
parse_vkey(struct config_value *v)
{
	struct note_key key;
	struct err err = {.tr = v->diag->tr};

	if (note_key_parse(v->text, &key, &err) != 0) {
		diag_add(
		    v->diag, v->file, v->line, N_("%s = %.*s: %s"), v->key->name, SLICE_ARGS(v->text), err.message);
		return false;
	}
	if (key.algorithm != NOTE_COSIGNATURE_V1)
		return config_refuse(
		    v, N_("this is a log's key; a witness's is what \"spotcheck keygen\" prints for a witness"));
	return config_keep(v, config_field(v), v->text);
}

/* ---- which parser ---- */

static bool (*const parsers[CONFIG_TYPES])(struct config_value *v) = {
	[CONFIG_ORIGIN] = parse_origin,
	[CONFIG_REASON] = parse_reason,
	[CONFIG_ZONE] = parse_zone,
	[CONFIG_WORD] = parse_word,
	[CONFIG_STRING] = parse_string,
	[CONFIG_PATH] = parse_path,
	[CONFIG_URL] = parse_url,
	[CONFIG_EMAIL] = parse_email,
	[CONFIG_DURATION] = config_parse_duration,
	[CONFIG_DURATION_WORKDAYS] = config_parse_duration,
	[CONFIG_YES] = parse_yes,
	[CONFIG_COUNTRY] = config_parse_country,
	[CONFIG_FILES] = parse_files,
	[CONFIG_WORKWEEK] = config_parse_workweek,
	[CONFIG_SERVER] = parse_server,
	[CONFIG_MAILBOX] = parse_mailbox,
	[CONFIG_VKEY] = parse_vkey,
	[CONFIG_URLS] = parse_urls,
	[CONFIG_NAMES] = config_parse_names,
	[CONFIG_INT] = config_parse_int,
	[CONFIG_DAY] = config_parse_day,
	[CONFIG_TIMES] = config_parse_times,
	[CONFIG_TIME] = config_parse_time,
	[CONFIG_WINDOW] = config_parse_window,
	[CONFIG_NOTICE] = config_parse_notice,
	[CONFIG_SCOPE] = config_parse_scope,
	[CONFIG_SAMPLE] = config_parse_sample,
	[CONFIG_INT_OR_ALL] = config_parse_int_or_all,
	[CONFIG_TEAM] = config_parse_team,
	[CONFIG_AVOID] = config_parse_avoid,
	[CONFIG_GAP] = config_parse_gap,
	[CONFIG_MATTERS] = config_parse_matters,
	[CONFIG_BEACON] = config_parse_beacon,
	[CONFIG_SYMBOLS] = config_parse_symbols,
};

/* A value that the sample file left to be filled in. */
static bool
is_placeholder(const struct config_value *v)
{
	return v->text.n > 1 && v->text.p[0] == '<' && v->text.p[v->text.n - 1] == '>' &&
	    v->key->type != CONFIG_MAILBOX;
}

/* An empty value is one only where that means something. */
static bool
may_be_empty(const struct config_key *key)
{
	return (key->default_text != NULL && key->default_text[0] == '\0') || key->type == CONFIG_AVOID ||
	    key->type == CONFIG_FILES;
}

void
config_value_set(struct config_value *v)
{
	if (is_placeholder(v))
		(void)config_refuse(v, N_("put your own value in its place, without < and >"));
	else if (v->text.n == 0 && !may_be_empty(v->key))
		(void)config_refuse(v, N_("it needs a value"));
	else
		(void)parsers[v->key->type](v);
}
