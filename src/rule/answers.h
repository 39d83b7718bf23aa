/* answers.h - what one subject answers to the questions of a base.
 *
 * Each question is answered when it first comes up, and a no rules out all rules
 * that need a yes together.  What follows from the kinds of facts alone (which
 * rules are left, which questions a missing kind answers) is the same for all
 * subjects with the same kinds, and most sessions are like others: that is
 * worked out once and kept, see struct opening.  So are the few questions whose
 * no ruled out nearly all rules for the last such subject: they are asked first.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RULE_ANSWERS_H
#define RULE_ANSWERS_H

#include "rule/questions.h"

enum {
    QUESTION_WORDS = QUESTIONS_MAX / 64,
    FIRST_MAX = 48, /* questions that are asked first */
};

/* What the kinds of a subject's facts say by themselves. */
struct opening {
    struct kinds present;
    struct arena *mem; /* of what follows; NULL: not in use */
    uint64_t *left;    /* as in struct answers */
    /* By the rule's number, if it is left: what is still to be asked. */
    struct clauses *of_rule;
    /* What to ask first, as subjects so far have answered. */
    uint16_t first[FIRST_MAX];
    size_t first_count;
    uint64_t *left_then, *known_then; /* when all of these say no */
    uint64_t subjects;
};

/* Places for what is worked out, none yet; they live in mem.  Of each base of
 * questions its own. */
struct opening *openings_new(struct arena *mem);

/* Frees what was worked out; openings may be NULL. */
void openings_free(struct opening *openings);

struct answers {
    const struct questions *questions;
    struct opening *opening;
    uint64_t left[RULE_WORDS]; /* rules that may fire, a bit each */
    /* Questions, a bit each: those that are answered; those with yes. */
    uint64_t known[QUESTION_WORDS], yes[QUESTION_WORDS];
};

/* The openings are those of the questions; one may be worked out.  Leaves the
 * view's current fact changed. */
void answers_begin(struct answers *answers, const struct questions *questions,
                   struct opening *openings, struct view *view);

/* Learns from a subject what to ask the next one first. */
void answers_end(const struct answers *answers, const struct facts *subject);

/* The first rule that is left, from this one on; false at the end. */
static inline bool answers_left(const struct answers *answers, size_t *rule)
{
    size_t w = *rule / 64;
    if (w == answers->questions->words)
        return false;
    uint64_t left = answers->left[w] & UINT64_MAX << *rule % 64;
    while (!left) {
        if (++w == answers->questions->words)
            return false;
        left = answers->left[w];
    }
    *rule = w * 64 + (size_t)__builtin_ctzll(left);
    return true;
}

/* False when the answers say that the condition of a rule that is left can not
 * hold.  Leaves the view's current fact changed. */
bool answers_allow(struct answers *answers, size_t rule, struct view *view);

#endif
