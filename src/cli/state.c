/* state.c - see state.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/text.h"
#include "report/json.h"

#define HEAD "{\"mailwhy_state\":"
enum {
    VERSION = 1,
    HEAD_MAX = 64, /* bytes that no first line of ours has */
    HASH_TEXT = 17,
};

/* A line, without its result. */
struct record {
    struct state_key key; /* the path is the state's */
    uint64_t members;
    off_t at; /* of the result in the file */
    size_t n; /* its bytes */
};

struct state {
    struct arena *mem;
    const char *path;
    int fd;
    struct record *records; /* sorted by key; of equal ones the last is valid */
    size_t count, room;
    struct err trouble; /* "" as long as all could be written */
};

struct state_key state_key_of(const char *path)
{
    struct stat st;
    if (strcmp(path, "-") == 0 || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return (struct state_key){.path = NULL};
    return (struct state_key){
        .path = path,
        .size = (uint64_t)st.st_size,
        .mtime = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec,
    };
}

/* ---- reading ---- */

static void hash_text(struct span bytes, char out[HASH_TEXT])
{
    snprintf(out, HASH_TEXT, "%016" PRIx64, hash_bytes(bytes, 0));
}

static int compare_keys(const struct state_key *a, const struct state_key *b)
{
    int order = strcmp(a->path, b->path);
    if (order == 0)
        order = (a->member > b->member) - (a->member < b->member);
    return order;
}

static int compare(const void *a, const void *b)
{
    const struct record *x = a, *y = b;
    int order = compare_keys(&x->key, &y->key);
    return order ? order : (x->at > y->at) - (x->at < y->at);
}

static uint64_t count_in(const json_t *object, const char *key)
{
    json_int_t n = json_integer_value(json_object_get(object, key));
    return n > 0 ? (uint64_t)n : 0;
}

/* Notes a line that stands at this offset.  One that is not what it was when
 * it was written is as good as none. */
static void read_line(struct state *state, struct span line, off_t at)
{
    char hash[HASH_TEXT];
    json_error_t end;
    json_t *about =
        json_loadb((const char *)line.p, line.n, JSON_DISABLE_EOF_CHECK, &end);
    if (!about)
        return;
    struct span result = span_skip(line, (size_t)end.position + 1);
    const char *path = json_string_value(json_object_get(about, "path"));
    const char *says = json_string_value(json_object_get(about, "hash"));
    hash_text(result, hash);
    if (path && says && strcmp(says, hash) == 0) {
        state->records =
            arena_grow(state->mem, state->records, state->count, &state->room,
                       state->count + 1, sizeof *state->records);
        state->records[state->count++] = (struct record){
            .key = {arena_string(state->mem, span_of(path)),
                    count_in(about, "size"),
                    json_integer_value(json_object_get(about, "mtime")),
                    count_in(about, "member")},
            .members = count_in(about, "members"),
            .at = at + (off_t)(line.n - result.n),
            .n = result.n,
        };
    }
    json_decref(about);
}

/* Reads all whole lines but the first; what is behind them is cut off. */
static bool read_lines(struct state *state, FILE *file, off_t at)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    while ((n = getline(&line, &room, file)) > 0 && line[n - 1] == '\n') {
        read_line(state, (struct span){(const uint8_t *)line, (size_t)n - 1},
                  at);
        at += n;
    }
    free(line);
    if (state->count)
        qsort(state->records, state->count, sizeof *state->records, compare);
    return !ferror(file) && ftruncate(state->fd, at) == 0;
}

/* ---- opening ---- */

static bool write_all(int fd, struct span bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno != EINTR)
            return false;
        bytes = span_skip(bytes, n > 0 ? (size_t)n : 0);
    }
    return true;
}

static bool begin_anew(const struct state *state, uint64_t how)
{
    struct text head = {0};
    text_addf(&head, HEAD "%d,\"how\":\"%016" PRIx64 "\"}\n", VERSION, how);
    bool ok =
        ftruncate(state->fd, 0) == 0 && write_all(state->fd, text_span(&head));
    text_free(&head);
    return ok;
}

enum head {
    HEAD_NONE,  /* an empty file, or a line that was never finished */
    HEAD_ALIEN, /* the file is not ours */
    HEAD_OTHER_VERSION,
    HEAD_OTHER_HOW,
    HEAD_OK,
};

static enum head judge_head(struct span line, uint64_t how)
{
    char expected[HASH_TEXT];
    bool whole = line.n > 0 && line.p[line.n - 1] == '\n';
    struct span begins = span_first(line, sizeof HEAD - 1);
    if (!whole && line.n < HEAD_MAX &&
        span_same(begins, span_first(SPAN(HEAD), begins.n)))
        return HEAD_NONE;
    json_t *head = json_loadb((const char *)line.p, line.n, 0, NULL);
    const json_t *version = json_object_get(head, "mailwhy_state");
    const char *says = json_string_value(json_object_get(head, "how"));
    enum head judged = HEAD_ALIEN;
    snprintf(expected, sizeof expected, "%016" PRIx64, how);
    if (json_is_integer(version)) {
        if (json_integer_value(version) != VERSION)
            judged = HEAD_OTHER_VERSION;
        else
            judged =
                says && strcmp(says, expected) == 0 ? HEAD_OK : HEAD_OTHER_HOW;
    }
    json_decref(head);
    return judged;
}

/* No more of it than ours would have, whatever the file is. */
static struct span first_line(FILE *file, uint8_t room[HEAD_MAX])
{
    size_t n = 0;
    for (int c; n < HEAD_MAX && (c = getc(file)) != EOF;) {
        room[n++] = (uint8_t)c;
        if (c == '\n')
            break;
    }
    return (struct span){room, n};
}

static bool can_not(const struct state *state, const char *what,
                    struct err *err)
{
    return err_set(err, "--state %s: can not be %s: %s", state->path, what,
                   strerror(errno));
}

static bool load(struct state *state, FILE *file, uint64_t how, bool *anew,
                 struct err *err)
{
    uint8_t room[HEAD_MAX];
    struct span line = first_line(file, room);
    enum head head = judge_head(line, how);
    switch (head) {
    case HEAD_ALIEN:
        return err_set(err,
                       "--state %s: is no state file of mailwhy; name another "
                       "file, or one that is not there yet",
                       state->path);
    case HEAD_OTHER_VERSION:
        return err_set(err,
                       "--state %s: is that of another version of mailwhy; "
                       "name another file, or delete this one",
                       state->path);
    case HEAD_NONE:
    case HEAD_OTHER_HOW:
        *anew = head == HEAD_OTHER_HOW;
        return begin_anew(state, how) || can_not(state, "written", err);
    case HEAD_OK:
        return read_lines(state, file, (off_t)line.n) ||
               can_not(state, "written", err);
    }
    return false;
}

/* For this scan alone, and for nobody else to read. */
static bool claim(const struct state *state, struct err *err)
{
    struct stat st;
    if (fstat(state->fd, &st) != 0 || !S_ISREG(st.st_mode))
        return err_set(err, "--state %s: is no file; name one", state->path);
    if (flock(state->fd, LOCK_EX | LOCK_NB) != 0)
        return err_set(err,
                       "--state %s: another scan is using it; wait for that, "
                       "or name another file",
                       state->path);
    return true;
}

struct state *state_open(const char *path, uint64_t how, bool *anew,
                         struct err *err)
{
    struct state *state = must_alloc(sizeof *state);
    *state = (struct state){
        .mem = arena_new(),
        .path = path,
        .fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK,
                   0600),
    };
    *anew = false;
    int again = state->fd < 0 ? -1 : dup(state->fd);
    FILE *file = again < 0 ? NULL : fdopen(again, "r");
    bool ok = file ? claim(state, err) && load(state, file, how, anew, err)
                   : can_not(state, "opened", err);
    if (ok && fchmod(state->fd, 0600) != 0)
        ok = can_not(state, "kept from others", err);
    if (file)
        fclose(file);
    if (!ok)
        state_close(&state, &(struct err){""});
    return state;
}

bool state_close(struct state **state, struct err *err)
{
    struct state *s = *state;
    *state = NULL;
    if (!s)
        return true;
    bool ok = !*s->trouble.text;
    if (!ok)
        err_set(err, "%s", s->trouble.text);
    if (s->fd >= 0)
        close(s->fd);
    arena_free(&s->mem);
    free(s);
    return ok;
}

/* ---- asking and adding ---- */

/* Names may be any bytes, JSON may not. */
static const char *safe_path(struct text *name, const char *path)
{
    text_add_safe(name, span_of(path));
    return text_string(name);
}

static const struct record *find(const struct state *state,
                                 const struct state_key *key)
{
    if (!state || !key->path)
        return NULL;
    struct text name = {0};
    struct state_key safe = *key;
    safe.path = safe_path(&name, key->path);
    size_t low = 0, high = state->count;
    while (low < high) { /* behind the last that is not greater */
        size_t middle = low + (high - low) / 2;
        if (compare_keys(&state->records[middle].key, &safe) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    const struct record *last = low > 0 ? &state->records[low - 1] : NULL;
    bool same = last && compare_keys(&last->key, &safe) == 0 &&
                last->key.size == key->size && last->key.mtime == key->mtime;
    text_free(&name);
    return same ? last : NULL;
}

bool state_has(const struct state *state, const struct state_key *key)
{
    return find(state, key) != NULL;
}

uint64_t state_members(const struct state *state, const struct state_key *key)
{
    const struct record *record = find(state, key);
    return record ? record->members : 0;
}

struct result *state_result(const struct state *state,
                            const struct state_key *key)
{
    const struct record *record = find(state, key);
    struct result *result = NULL;
    if (!record)
        return NULL;
    char *text = must_alloc(record->n + 1);
    ssize_t n = pread(state->fd, text, record->n, record->at);
    struct span json = {(const uint8_t *)text, n > 0 ? (size_t)n : 0};
    if (!span_same(json, SPAN("null"))) {
        result = result_of_json(json);
        if (!result)
            result = result_failed(key->path,
                                   "its result can not be read back from the "
                                   "state file; delete that, and scan again");
    }
    free(text);
    return result;
}

static void add_line(struct text *line, const struct state_key *key,
                     uint64_t members, const char *result)
{
    char hash[HASH_TEXT];
    struct text name = {0};
    hash_text(span_of(result), hash);
    json_t *about = json_pack(
        "{s:s, s:I, s:I, s:I, s:I, s:s}", "path", safe_path(&name, key->path),
        "size", (json_int_t)key->size, "mtime", (json_int_t)key->mtime,
        "member", (json_int_t)key->member, "members", (json_int_t)members,
        "hash", hash);
    char *text = json_dumps(about, JSON_COMPACT);
    text_addf(line, "%s %s\n", text, result);
    free(text);
    json_decref(about);
    text_free(&name);
}

void state_add(struct state *state, const struct state_key *key,
               uint64_t members, const struct result *result)
{
    struct text line = {0};
    if (!state || !key->path || *state->trouble.text)
        return;
    json_t *json = result ? json_of_result(result) : json_null();
    char *text =
        json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY | REPORT_JSON_FLAGS);
    if (text) {
        add_line(&line, key, members, text);
        if (!write_all(state->fd, text_span(&line)))
            can_not(state, "written", &state->trouble);
    }
    free(text);
    json_decref(json);
    text_free(&line);
}
