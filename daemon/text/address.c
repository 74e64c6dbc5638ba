/* Mail addresses, as SMTP commands and headers can hold them without quoting. */
#include "text/address.h"

#define LOCAL_MAX 64
#define LABEL_MAX 63

static bool
is_ascii_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
dot_atom(struct slice local)
{
	char before = '.';

	for (size_t i = 0; i < local.n; i++) {
		char c = local.p[i];
		bool special = c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL;

		if (c == '.' ? before == '.' : !is_ascii_alnum(c) && !special)
			return false;
		before = c;
	}
	return before != '.';
}

static bool
domain_ok(struct slice domain)
{
	if (domain.n == 0)
		return false;
	while (domain.p != NULL) {
		struct slice label = slice_cut(&domain, '.');

		if (label.n == 0 || label.n > LABEL_MAX || label.p[0] == '-' || label.p[label.n - 1] == '-')
			return false;
		for (size_t i = 0; i < label.n; i++)
			if (!is_ascii_alnum(label.p[i]) && label.p[i] != '-')
				return false;
	}
	return true;
}

bool
address_ok(struct slice address)
{
	struct slice domain = address, local;

	if (address.n == 0 || address.n > ADDRESS_MAX || memchr(address.p, '@', address.n) == NULL)
		return false;
	local = slice_cut(&domain, '@');
	return local.n > 0 && local.n <= LOCAL_MAX && dot_atom(local) && domain_ok(domain);
}

static struct slice
trim_spaces(struct slice s)
{
	while (s.n > 0 && s.p[0] == ' ') {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

static bool
name_ok(struct slice name)
{
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c < 0x20 || c == 0x7F || c == '<' || c == '>' || c == '"' || c == '\\')
			return false;
	}
	return true;
}

bool
address_split(struct slice mailbox, struct slice *ret_name, struct slice *ret_address)
{
	struct slice address = trim_spaces(mailbox), name = {"", 0};

	if (address.n > 0 && address.p[address.n - 1] == '>') {
		struct slice rest = {address.p, address.n - 1};

		if (memchr(rest.p, '<', rest.n) == NULL)
			return false;
		name = trim_spaces(slice_cut(&rest, '<'));
		address = trim_spaces(rest);
	}
	if (name.n >= 2 && name.p[0] == '"' && name.p[name.n - 1] == '"')
		name = trim_spaces((struct slice){name.p + 1, name.n - 2});
	if (!name_ok(name) || !address_ok(address))
		return false;
	*ret_name = name;
	*ret_address = address;
	return true;
}
