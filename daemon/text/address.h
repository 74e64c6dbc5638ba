#ifndef SPOTCHECK_TEXT_ADDRESS_H
#define SPOTCHECK_TEXT_ADDRESS_H

#include <stdbool.h>

#include "core/base/slice.h"

/*
 * Mail addresses.  An address that passes here needs no quoting in an SMTP command or a header: it is ASCII without
 * white space and control characters, and it is one address.
 */

#define ADDRESS_MAX 254 /* bytes, RFC 5321 4.5.3.1.3 */

/* local@domain: a dot-atom of RFC 5322 of at most 64 bytes, and a domain of letters, digits, '-' and '.'. */
bool address_ok(struct slice address);

/*
 * Splits "抽查办公室 <spotcheck@example.org>", or an address alone: then `*ret_name` is empty.  Quotes around the name are
 * removed.  False, with nothing written, where the address is invalid or the name holds control characters or any of
 * '<' '>' '"' '\'.
 */
bool address_split(struct slice mailbox, struct slice *ret_name, struct slice *ret_address);

#endif
