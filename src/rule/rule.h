/* rule.h - the rule base: loading, checking, judging.
 *
 * rules/README.md describes the language.  A rule base is loaded once and never
 * changes; judging allocates only for what fires.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_RULE_H
#define RULE_RULE_H

#include "base/arena.h"
#include "base/err.h"
#include "fact/store.h"
#include "rule/verdict.h"

/* Words of the language with a meaning by their order: worst, and surest,
 * first. */
extern const char *const severity_names[];   /* critical ... info, NULL */
extern const char *const confidence_names[]; /* certain ... possible, NULL */
extern const char *const where_names[];      /* client ... capture, NULL */
extern const char *const family_names[];     /* the families, NULL */

enum scope {
    SCOPE_SESSION,  /* one connection: its facts, its `session`, and the
                       dns.lookup that led to it */
    SCOPE_LOOKUP,   /* one name asked for by one client: its dns.lookups, and
                       the sessions with that server */
    SCOPE_ENDPOINT, /* one server address and port: `session` facts */
    SCOPE_CLIENT,   /* one client: `session`, dns.lookup, arp.*, of it */
    SCOPE_CAPTURE,  /* everything of the above, and `capture` */
    SCOPES
};
extern const char *const scope_names[SCOPES];

/* Where the name stands in one of these lists (up to its NULL); the length of
 * the list when it does not. */
size_t name_index(const char *const *names, const char *name);

struct remedy {
    const char *user, *admin; /* "" where there is nothing to do */
};

/* From when, or until when, what a rule says is true: the beginning of a day,
 * and who says so. */
struct dated {
    const char *date, *source; /* NULL: true since ever, or for ever */
    int64_t time;
};

/* What a later session of the same client at the same server must have done to
 * make up for one that a finding speaks of: see rules/README.md, healed-by. */
enum heal {
    HEAL_BY_STAGE, /* not said: it depends on how far the session got */
    HEAL_NOTHING,
    HEAL_WORK,     /* its work */
    HEAL_LOGIN,    /* a login that was accepted */
    HEAL_MESSAGE,  /* a message that went the same way */
    HEAL_ANY_PORT, /* its work, on whatever port of the server */
    HEALS
};
extern const char *const heal_names[HEALS];

/* A reading that is left where the capture can not tell, and what speaks for
 * it. */
struct hypothesis {
    const char *text, *because; /* because: "" where nothing does */
};

struct rule {
    const char *id, *title, *family, *severity, *confidence, *where;
    const char *who; /* must act, where `where` does not say it well; "" */
    enum scope scope;
    enum verdict effect; /* VERDICT_HEALTHY: a note that changes nothing */
    enum heal heal;
    bool heal_known;          /* the rule says what remains once healed: */
    enum verdict heal_effect; /* DEGRADED, or HEALTHY for a note */
    unsigned rank; /* among causes of one session: higher is more specific */
    struct dated since, until; /* compared with the capture's time */
    const char *says, *means;
    struct remedy remedy;
    const char *const *checks; /* as written, each with its `if` left out */
    size_t check_count;
    const char *const *references;
    size_t reference_count;
    const char *const *explains; /* ids; a trailing * matches any rest */
    size_t explain_count;
    const char *const *shown_by, *const *quiet_on;
    size_t shown_by_count, quiet_on_count;
    const char *when, *unless; /* as written, a pattern a line */
    const char *conditions;    /* the ones with a name, "NAME: TEST" a line */
    const char *file;
    unsigned line;
    unsigned order;   /* its place in the rule base */
    uint64_t meaning; /* a hash of the condition */
    const struct condition *condition; /* private to rule/ */
};

struct rules;

/* Loads YAML files, or all *.yaml of folders, in the order given; a later rule
 * with the same id replaces an earlier one.  All mistakes of all files are
 * reported, one line each, through `complain` (may be NULL), the first in err.
 * NULL when there was any. */
struct rules *rules_load(const char *const *paths, size_t count,
                         void (*complain)(void *user, const char *message),
                         void *user, struct err *err);

/* The same from memory; name is shown as the file. */
struct rules *rules_load_memory(const char *name, struct span yaml,
                                void (*complain)(void *user,
                                                 const char *message),
                                void *user, struct err *err);
void rules_free(struct rules **rules);

/* Takes the rule out of the base; with a trailing *, all rules that begin so.
 * False when there is no such rule. */
bool rules_disable(struct rules *rules, const char *id);

/* In `explains`: what later sessions made up for, whatever it is. */
#define RULE_HEALED "healed"
bool rule_explains_healed(const struct rule *rule);

/* Whether a name as `explains` has it (perhaps with a trailing *) means the
 * id. */
bool rule_name_means(const char *name, const char *id);

/* A hash of all that was loaded, in its order, and of what was disabled: as
 * long as it is the same, judging is the same. */
uint64_t rules_digest(const struct rules *rules);

size_t rules_count(const struct rules *rules);
const struct rule *rules_get(const struct rules *rules, size_t i);
const struct rule *rules_find(const struct rules *rules, const char *id);

/* A rule that fired on a subject. */
struct match {
    const struct rule *rule;
    const char *summary; /* `says` filled in; in mem, as all below */
    struct remedy remedy;
    const char *const *checks;
    size_t check_count;
    const struct hypothesis *hypotheses;
    size_t hypothesis_count;
    const char *const *next; /* what decides between them, cheapest first */
    size_t next_count;
    const char *log; /* where and for what to look in the server's log; "" */
    const struct evidence *evidence; /* without .offset */
    size_t evidence_count;
    const uint64_t *sessions; /* whose facts matched, rising */
    size_t session_count;
    /* From the first of the facts that matched to the end of the last,
     * nanoseconds since 1970; 0 where there are none. */
    int64_t first_time, last_time;
    const char *client, *server, *server_name; /* "" where unknown or many;
                                                  server is "address:port" */
    const char *one_for; /* what is the same for this client is one finding,
                            whatever the server; "": one for each server */
};

/* Who gets to know what fired. */
struct judge_taker {
    /* Whether the words of this match (summary, remedy, checks, evidence, ...)
     * are needed: of the thousandth refusal of one client at one server nobody
     * reads them.  NULL: always. */
    bool (*wants_words)(void *user, const struct match *without_words);
    void (*found)(void *user, const struct match *match);
    void *user;
};

/* Tells the taker of every rule of the scope that fires on the subject's facts,
 * in the order of the rule base.  mem is for what the match points at. */
void rules_judge_for(const struct rules *rules, enum scope scope,
                     const struct facts *subject, struct arena *mem,
                     const struct judge_taker *taker);

/* The same, for a taker that always wants the words. */
void rules_judge(const struct rules *rules, enum scope scope,
                 const struct facts *subject, struct arena *mem,
                 void (*found)(void *user, const struct match *match),
                 void *user);

/* The server program that the facts of a session give away: the name of the
 * first product of the base that they fit; empty if none.  Lives as long as the
 * base. */
struct span rules_product(const struct rules *rules,
                          const struct facts *session);

/* What the contrast with other sessions makes of a finding.  Where it has no
 * words of its own ("", 0), those of the finding stay. */
struct weighing {
    int step;        /* 1: surer, -1: less sure, 0: neither */
    const char *why; /* the words for it */
    struct remedy remedy;
    const struct hypothesis *hypotheses;
    size_t hypothesis_count;
    const char *const *next;
    size_t next_count;
};

/* All texts are in mem.  Both facts must be there: of kind session and
 * contrast. */
struct weighing rule_weigh(const struct rule *rule, const struct fact *session,
                           const struct fact *contrast, struct arena *mem);

/* Whether contrast matters to it at all. */
bool rule_weighs(const struct rule *rule);

/* Whether any rule has this scope at all. */
bool rules_have_scope(const struct rules *rules, enum scope scope);

#endif
