/* Values of the INI that are texts, words, paths or addresses. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/values_private.h"
#include "core/base/array.h"
#include "core/base/text.h"
#include "core/format/note.h"
#include "system/clock.h"
#include "text/address.h"

/* ---- texts ---- */

bool
config_parse_origin(struct config_value *v)
{
	if (!note_name_ok(v->text) || v->text.n > (size_t)v->key->max || text_check(v->text, NULL) != TEXT_OK)
		return config_refuse(v, N_("it must be a name without spaces and '+', such as spotcheck.example.org"));
	return config_keep(v, config_field(v), v->text);
}

bool
config_parse_reason(struct config_value *v)
{
	if (v->text.n > (size_t)v->key->max || text_check_reason(v->text) != TEXT_OK)
		return config_refuse(v,
		    N_("it must be one line of text without characters that cannot be seen, at most 1024 bytes"));
	return config_keep(v, config_field(v), v->text);
}

bool
config_parse_zone(struct config_value *v)
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

bool
config_parse_word(struct config_value *v)
{
	int *field = config_field(v);
	int index = config_word_index(v->text, v->key->words);

	if (index < 0)
		return config_refuse_word(v, v->text);
	*field = index;
	return true;
}

bool
config_parse_string(struct config_value *v)
{
	if (config_word_index(v->text, v->key->words) < 0)
		return config_refuse_word(v, v->text);
	return config_keep(v, config_field(v), v->text);
}

bool
config_parse_yes(struct config_value *v)
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

/* Stores a path; a relative one begins with the INI's folder. */
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

bool
config_parse_path(struct config_value *v)
{
	return keep_path(v, config_field(v), v->text);
}

bool
config_parse_files(struct config_value *v)
{
	struct text_list *list = config_field(v);
	struct slice rest = v->text, word;

	while (config_next_word(&rest, &word)) {
		char *path = NULL;
		bool kept = keep_path(v, &path, word) && path != NULL && config_append(v, list, slice_of(path));

		free(path);
		if (!kept)
			return false;
	}
	return true;
}

/* ---- addresses ---- */

static bool
has_prefix(struct slice text, const char *prefix)
{
	size_t n = strlen(prefix);

	return text.n >= n && memcmp(text.p, prefix, n) == 0;
}

/* http:// or https:// and a host, of printable ASCII without quotes. */
static bool
is_url(struct slice url)
{
	size_t scheme = has_prefix(url, "https://") ? 8 : has_prefix(url, "http://") ? 7 : 0;

	if (scheme == 0 || url.n <= scheme || url.p[scheme] == '/')
		return false;
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] <= ' ' || url.p[i] > '~' || strchr("\"<>\\^`{|}", url.p[i]) != NULL)
			return false;
	return true;
}

/* The URL is stored with a '/' at its end, so that a path can follow. */
bool
config_parse_url(struct config_value *v)
{
	char **field = config_field(v);
	char *with_slash = NULL;
	bool kept;

	if (v->text.n == 0)
		return config_keep(v, field, v->text);
	if (!is_url(v->text))
		return config_refuse(v, N_("it must be an address such as https://spotcheck.example.org/"));
	if (asprintf(&with_slash, "%.*s%s", (int)v->text.n, v->text.p, v->text.p[v->text.n - 1] == '/' ? "" : "/") <
	    0) {
		v->no_memory = true;
		return false;
	}
	kept = config_keep(v, field, slice_of(with_slash));
	free(with_slash);
	return kept;
}

bool
config_parse_urls(struct config_value *v)
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
		return config_refuse(v,
		    N_("it must name two relays or more, since two must agree; with three, one may fail"));
	return true;
}

bool
config_parse_email(struct config_value *v)
{
	if (!address_ok(v->text))
		return config_refuse(v, N_("it must be one mail address such as ops@example.org"));
	return config_keep(v, config_field(v), v->text);
}

bool
config_parse_mailbox(struct config_value *v)
{
	struct slice name, address;

	if (!address_split(v->text, &name, &address) || text_check_reason(name) != TEXT_OK)
		return config_refuse(v,
		    N_("it must be a name and an address such as Spot Check <spotcheck@example.org>"));
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

bool
config_parse_server(struct config_value *v)
{
	static const struct {
		const char *prefix;
		enum mail_scheme scheme;
		int port;
	} schemes[] = {
	    {"smtp://", MAIL_SMTP, 25},
	    {"smtp+starttls://", MAIL_STARTTLS, 587},
	    {"smtps://", MAIL_SMTPS, 465},
	    {"maildir:", MAIL_MAILDIR, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		size_t n = strlen(schemes[i].prefix);
		struct slice rest;

		if (!has_prefix(v->text, schemes[i].prefix))
			continue;
		rest = (struct slice){v->text.p + n, v->text.n - n};
		v->config->mail_scheme = schemes[i].scheme;
		if (schemes[i].scheme != MAIL_MAILDIR)
			return parse_host(v, rest, schemes[i].port);
		if (rest.n == 0)
			return config_refuse(v, N_("maildir: needs a path after it"));
		return keep_path(v, &v->config->maildir, rest);
	}
	return config_refuse(v, N_("it must begin with smtp://, smtp+starttls://, smtps:// or maildir:"));
}

bool
config_parse_vkey(struct config_value *v)
{
	struct note_key key;
	struct err err = {.tr = v->diag->tr};

	if (note_key_parse(v->text, &key, &err) != 0) {
		diag_add(v->diag, v->file, v->line, N_("%s = %.*s: %s"), v->key->name, SLICE_ARGS(v->text),
		    err.message);
		return false;
	}
	if (key.algorithm != NOTE_COSIGNATURE_V1)
		return config_refuse(v,
		    N_("this is a log's key; a witness's is what \"spotcheck keygen\" prints for a witness"));
	return config_keep(v, config_field(v), v->text);
}
