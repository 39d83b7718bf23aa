/* server_name.h - the name a TLS client asks for, from the first packet alone.
 *
 * For connections that are not mail and are not followed: enough to say with
 * whom somebody talks.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TLS_SERVER_NAME_H
#define TLS_SERVER_NAME_H

#include "base/span.h"

/* The name in the ClientHello that the bytes begin with; empty where there is
 * none, or it stands past their end.  Borrowed from them. */
struct span tls_server_name(struct span bytes);

#endif
