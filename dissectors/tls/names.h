/* names.h - what TLS's numbers are called (IANA registries, RFC 8446, 8422).
 *
 * Suites have a table of their own, see tls/suite.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_NAMES_H
#define TLS_NAMES_H

#include "base/span.h"

/* NULL for a number without a name. */
const char *name_of_group(uint16_t number);
const char *name_of_signature(uint16_t number);

/* "" for a number without a name. */
struct span name_of_alert(uint8_t number);

/* A hybrid or pure group with ML-KEM, or with a draft of it. */
bool group_is_post_quantum(uint16_t number);

enum { NAME_OF_VERSION = 24 };

/* "TLS 1.2", "TLS 1.3 draft 28", or the number in hex; "" for 0. */
struct span name_of_version(uint16_t number, char out[NAME_OF_VERSION]);

#endif
