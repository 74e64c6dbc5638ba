#ifndef SPOTCHECK_TEXT_ADDRESS_H
#define SPOTCHECK_TEXT_ADDRESS_H

#include <stdbool.h>

#include "core/base/slice.h"

/*
 * Mail addresses.  Whatever passes here can stand in an SMTP command and in a header without quoting: no white space,
 * no control characters, no second address, ASCII alone.
 */

#define ADDRESS_MAX 254 /* bytes, RFC 5321 4.5.3.1.3 */

/* local@domain: a dot-atom of RFC 5322 of at most 64 bytes, and a domain of letters, digits, '-' and '.'. */
bool address_ok(struct slice address);

/*
 * "抽查办公室 <spotcheck@example.org>" or the address alone.  `ret_name` is empty in the latter case; quotes around the
 * name are taken off.  False, and nothing written, where the address is none or the name holds control characters or
 * '<' '>' '"'.
 */
bool address_split(struct slice mailbox, struct slice *ret_name, struct slice *ret_address);

#endif
