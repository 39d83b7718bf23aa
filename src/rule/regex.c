/* regex.c - see regex.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "rule/regex.h"

#include <pcre2.h>
#include <stdlib.h>

#include "base/arena.h"

enum {
    PATTERN_LENGTH_MAX = 4096,
    EFFORT_MAX = 20000, /* an honest pattern needs some hundred */
    HEAP_MAX = 1024,    /* KiB */
};

struct regex {
    pcre2_code *code;
    const struct regexes *shared;
    struct regex *next;
};

struct regexes {
    pcre2_compile_context *compile;
    pcre2_match_context *match;
    pcre2_match_data *data;
    struct regex *first;
};

struct regexes *regexes_new(void)
{
    struct regexes *r = must_alloc(sizeof *r);
    r->compile = pcre2_compile_context_create(NULL);
    r->match = pcre2_match_context_create(NULL);
    r->data = pcre2_match_data_create(1, NULL);
    if (!r->compile || !r->match || !r->data)
        abort();
    pcre2_set_max_pattern_length(r->compile, PATTERN_LENGTH_MAX);
    pcre2_set_match_limit(r->match, EFFORT_MAX);
    pcre2_set_depth_limit(r->match, EFFORT_MAX);
    pcre2_set_heap_limit(r->match, HEAP_MAX);
    return r;
}

void regexes_free(struct regexes **regexes)
{
    struct regexes *r = *regexes;
    if (!r)
        return;
    for (struct regex *x = r->first; x;) {
        struct regex *next = x->next;
        pcre2_code_free(x->code);
        free(x);
        x = next;
    }
    pcre2_match_data_free(r->data);
    pcre2_match_context_free(r->match);
    pcre2_compile_context_free(r->compile);
    free(r);
    *regexes = NULL;
}

const struct regex *regexes_add(struct regexes *regexes, struct span pattern,
                                struct err *err)
{
    int code = 0;
    PCRE2_SIZE at = 0;
    pcre2_code *compiled = pcre2_compile(
        pattern.p ? pattern.p : (PCRE2_SPTR) "", pattern.n,
        PCRE2_CASELESS | PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &at,
        regexes->compile);
    if (!compiled) {
        PCRE2_UCHAR why[160];
        pcre2_get_error_message(code, why, sizeof why);
        err_set(err, "%s, at character %zu", (const char *)why, (size_t)at + 1);
        return NULL;
    }
    /* Where there is no JIT the interpreter does the same, only slower. */
    (void)pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);
    struct regex *regex = must_alloc(sizeof *regex);
    *regex = (struct regex){compiled, regexes, regexes->first};
    regexes->first = regex;
    return regex;
}

bool regex_matches(const struct regex *regex, struct span subject)
{
    return pcre2_match(regex->code, subject.p ? subject.p : (PCRE2_SPTR) "",
                       subject.n, 0, 0, regex->shared->data,
                       regex->shared->match) >= 0;
}
