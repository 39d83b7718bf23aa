/* verbs.c - the commands that IMAP and its extensions have.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "imap.h"

/* clang-format off */
static const struct imap_verb verbs[] = {
    /* name, what, before login, the folder's place, hidden, messages */
    {SPAN_INIT("NOOP"),         IMAP_OTHER,        true,  0, false, false},
    {SPAN_INIT("CAPABILITY"),   IMAP_OTHER,        true,  0, false, false},
    {SPAN_INIT("LOGIN"),        IMAP_LOGIN,        true,  0, true, false},
    {SPAN_INIT("AUTHENTICATE"), IMAP_AUTHENTICATE, true,  0, true, false},
    {SPAN_INIT("STARTTLS"),     IMAP_STARTTLS,     true,  0, false, false},
    {SPAN_INIT("LOGOUT"),       IMAP_LOGOUT,       true,  0, false, false},
    {SPAN_INIT("ID"),           IMAP_ID,           true,  0, false, false},
    {SPAN_INIT("ENABLE"),       IMAP_OTHER,        true,  0, false, false},
    {SPAN_INIT("COMPRESS"),     IMAP_COMPRESS,     true,  0, false, false},
    {SPAN_INIT("LANGUAGE"),     IMAP_OTHER,        true,  0, false, false},
    {SPAN_INIT("UNAUTHENTICATE"), IMAP_OTHER,      false, 0, false, false},
    {SPAN_INIT("UID FETCH"),    IMAP_FETCH,        false, 0, false, false},
    {SPAN_INIT("FETCH"),        IMAP_FETCH,        false, 0, false, false},
    {SPAN_INIT("IDLE"),         IMAP_IDLE,         false, 0, false, false},
    {SPAN_INIT("SELECT"),       IMAP_SELECT,       false, 1, false, false},
    {SPAN_INIT("EXAMINE"),      IMAP_SELECT,       false, 1, false, false},
    {SPAN_INIT("STATUS"),       IMAP_OTHER,        false, 1, false, false},
    {SPAN_INIT("LIST"),         IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("LSUB"),         IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("XLIST"),        IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("NAMESPACE"),    IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("APPEND"),       IMAP_APPEND,       false, 1, false, true},
    {SPAN_INIT("UID STORE"),    IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("UID SEARCH"),   IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("UID COPY"),     IMAP_OTHER,        false, 2, false, false},
    {SPAN_INIT("UID MOVE"),     IMAP_OTHER,        false, 2, false, false},
    {SPAN_INIT("UID EXPUNGE"),  IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("UID SORT"),     IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("UID THREAD"),   IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("UID REPLACE"),  IMAP_OTHER,        false, 2, false, true},
    {SPAN_INIT("STORE"),        IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("SEARCH"),       IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("ESEARCH"),      IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("COPY"),         IMAP_OTHER,        false, 2, false, false},
    {SPAN_INIT("MOVE"),         IMAP_OTHER,        false, 2, false, false},
    {SPAN_INIT("REPLACE"),      IMAP_OTHER,        false, 2, false, true},
    {SPAN_INIT("SORT"),         IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("THREAD"),       IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("EXPUNGE"),      IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("CHECK"),        IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("CLOSE"),        IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("UNSELECT"),     IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("CREATE"),       IMAP_OTHER,        false, 1, false, false},
    {SPAN_INIT("DELETE"),       IMAP_OTHER,        false, 1, false, false},
    {SPAN_INIT("RENAME"),       IMAP_OTHER,        false, 1, false, false},
    {SPAN_INIT("SUBSCRIBE"),    IMAP_OTHER,        false, 1, false, false},
    {SPAN_INIT("UNSUBSCRIBE"),  IMAP_OTHER,        false, 1, false, false},
    {SPAN_INIT("NOTIFY"),       IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("GETQUOTA"),     IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("GETQUOTAROOT"), IMAP_OTHER,        false, 1, false, false},
    {SPAN_INIT("SETQUOTA"),     IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("GETACL"),       IMAP_OTHER,        false, 1, false, false},
    {SPAN_INIT("MYRIGHTS"),     IMAP_OTHER,        false, 1, false, false},
    {SPAN_INIT("SETACL"),       IMAP_OTHER,        false, 1, true, false},
    {SPAN_INIT("DELETEACL"),    IMAP_OTHER,        false, 1, true, false},
    {SPAN_INIT("LISTRIGHTS"),   IMAP_OTHER,        false, 1, true, false},
    {SPAN_INIT("GETMETADATA"),  IMAP_OTHER,        false, 0, false, false},
    {SPAN_INIT("SETMETADATA"),  IMAP_OTHER,        false, 1, true, false},
    {SPAN_INIT("GETANNOTATION"), IMAP_OTHER,       false, 1, false, false},
    {SPAN_INIT("SETANNOTATION"), IMAP_OTHER,       false, 1, true, false},
    {SPAN_INIT("GENURLAUTH"),   IMAP_OTHER,        false, 0, true, false},
    {SPAN_INIT("RESETKEY"),     IMAP_OTHER,        false, 0, true, false},
    {SPAN_INIT("URLFETCH"),     IMAP_OTHER,        false, 0, true, false},
    {SPAN_INIT("PROXYAUTH"),    IMAP_OTHER,        false, 0, true, false},
    {SPAN_INIT("XAPPLEPUSHSERVICE"), IMAP_OTHER,   false, 0, true, false},
};
/* clang-format on */

const struct imap_verb imap_verb_unknown = {
    .what = IMAP_UNKNOWN, .any_state = true, .hidden = true};

const struct imap_verb *imap_verb_find(struct span name)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (span_is(verbs[i].name, name))
            return &verbs[i];
    }
    return NULL;
}

struct span imap_verb_cut(struct span *line)
{
    struct span name = mail_word(line);
    if (!span_is(name, SPAN("UID")) || line->n == 0)
        return name;
    /* One space between them, as everybody sends it: the two are one span. */
    struct span second = *line;
    if (second.p != name.p + name.n + 1)
        return name;
    second = mail_word(line);
    return (struct span){name.p, name.n + 1 + second.n};
}
