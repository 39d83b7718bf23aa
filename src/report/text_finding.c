/* text_finding.c - one finding in the text report: cause, evidence, remedy.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "report/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/story.h"
#include "report/words.h"

enum {
    COLUMN = 8,        /* "FAILED  " */
    COLUMN_MAX = 10,   /* "DEGRADED  " */
    BODY = 2,          /* indent of what explains a cause */
    ITEM = 4,          /* and of what is listed there */
    REMEDY = 11,       /* "    user   " */
    EVIDENCE_MAX = 12, /* lines shown; a reader needs no more to believe it */
};

size_t text_column(const char *label)
{
    size_t column = page_columns(span_of(label)) + 2;
    return column <= COLUMN_MAX && column > COLUMN ? column : COLUMN;
}

enum ink text_ink(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_FAILURE:
        return INK_BAD;
    case VERDICT_DEGRADED:
    case VERDICT_UNDETERMINED:
        return INK_WARN;
    case VERDICT_HEALTHY:
        return INK_GOOD;
    case VERDICT_NO_MAIL:
        break;
    }
    return INK_STRONG;
}

void text_cause(struct page *page, const struct result_finding *finding,
                bool quiet)
{
    struct text s = {0}, right = {0};
    const char *label = verdict_label(finding->effect);
    size_t column = text_column(label);
    say_sentence(&s, finding->title);
    page_paragraph(page, 0, text_ink(finding->effect), label, column,
                   text_string(&s));
    text_clear(&s);
    say_sentence(&s, finding->summary);
    if (finding->count > 1) {
        text_adds(&s, " (");
        say_count(&s, finding->count);
        text_adds(&s, " times)");
    }
    if (finding->confidence_why && *finding->confidence_why) {
        text_adds(&s, " ");
        say_sentence(&s, finding->confidence_why);
    }
    if (s.n)
        page_paragraph(page, 0, INK_PLAIN, "", column, text_string(&s));
    text_clear(&s);
    text_addf(&s, "Who must act: %s.", who_acts(finding->where, finding->who));
    text_addf(&right, "%s, %s", finding->id, finding->confidence);
    page_line_right(page, column, text_string(&s), text_string(&right));
    text_clear(&s);
    if (!quiet)
        say_first_step(&s, finding);
    if (s.n)
        page_paragraph(page, 0, INK_PLAIN, "", column, text_string(&s));
    text_free(&s);
    text_free(&right);
}

/* The attempt in order, where it has more than the one connection. */
static void story(struct page *page, const struct result *result,
                  const struct result_attempt *attempt)
{
    struct story_line lines[STORY_LINES];
    struct text s = {0};
    size_t left = 0, n = story_tell(result, attempt, lines, &left);
    say_attempt(&s, result, attempt);
    page_paragraph(page, BODY, INK_PLAIN, "", BODY, text_string(&s));
    for (size_t i = 0; i < n; i++) {
        text_clear(&s);
        text_addf(&s, "%8.1f s", lines[i].offset);
        page_paragraph(page, 0, INK_PLAIN, text_string(&s), BODY + ITEM + 8,
                       text_string(&lines[i].words));
        text_free(&lines[i].words);
    }
    if (left) {
        text_clear(&s);
        say_how_many(&s, left, "more connection", "more connections");
        page_line(page, BODY + ITEM + 8, INK_FAINT, text_string(&s));
    }
    text_free(&s);
}

static void sessions_of(struct page *page, const struct result *result,
                        const struct result_finding *finding)
{
    const struct result_attempt *attempt = attempt_of(result, finding);
    const struct result_session *first = session_of(result, finding);
    struct text s = {0};
    if (!first)
        return;
    page_blank(page);
    bool more = !attempt || finding->session_count > attempt->session_count;
    if (finding->session_count > 1 && more) {
        say_count(&s, finding->session_count);
        text_adds(&s, " sessions, for example:");
        page_line(page, BODY, INK_PLAIN, text_string(&s));
        text_clear(&s);
    }
    if (attempt && attempt->session_count > 1) {
        story(page, result, attempt);
    } else {
        say_session(&s, first);
        page_paragraph(page, BODY, INK_PLAIN, "", BODY, text_string(&s));
        text_clear(&s);
        say_steps(&s, first);
        if (s.n)
            page_paragraph(page, BODY, INK_PLAIN, "", BODY, text_string(&s));
    }
    text_clear(&s);
    if (attempt)
        say_break(&s, attempt);
    if (s.n)
        page_paragraph(page, BODY, INK_PLAIN, "", BODY, text_string(&s));
    text_free(&s);
}

/* Cuts "client: " or "server: " off the front, and returns who it was. */
static const char *speaker_take(struct span *text)
{
    static const char *const who[] = {"client", "server"};
    for (size_t i = 0; i < sizeof who / sizeof *who; i++) {
        struct span name = span_of(who[i]);
        if (span_starts(*text, name) && text->n > name.n + 1 &&
            text->p[name.n] == ':') {
            *text = span_trim(span_skip(*text, name.n + 1));
            return who[i];
        }
    }
    return "";
}

/* Columns that a number needs. */
static int digits(uint64_t n)
{
    return snprintf(NULL, 0, "%" PRIu64, n);
}

static void evidence_line(struct page *page, const struct evidence *e,
                          int packet_width, int time_width)
{
    struct text s = {0};
    struct span words = span_of(e->text);
    const char *who = speaker_take(&words);
    if (e->packet)
        text_addf(&s, "%*" PRIu64, packet_width, e->packet);
    else
        text_addf(&s, "%*s", packet_width, "");
    if (e->packet) /* else it is of no moment in particular */
        text_addf(&s, "%*.3f", time_width, e->offset);
    else
        text_addf(&s, "%*s", time_width, "");
    text_addf(&s, "   %-6s", who);
    size_t column = BODY + page_columns(text_span(&s)) + 2;
    /* The words are cut out of a NUL-terminated text, from its end. */
    page_paragraph(page, BODY, INK_PLAIN, text_string(&s), column,
                   (const char *)words.p);
    text_free(&s);
}

static void evidence(struct page *page, const struct result_finding *finding)
{
    size_t n = finding->evidence_count;
    int packet_width = (int)sizeof "packet" - 1, time_width = 8;
    if (n == 0)
        return;
    for (size_t i = 0; i < n; i++) {
        const struct evidence *e = &finding->evidence[i];
        int wide = digits(e->packet);
        packet_width = wide > packet_width ? wide : packet_width;
        wide = e->offset < 0 ? 0 : digits((uint64_t)e->offset) + 6;
        time_width = wide > time_width ? wide : time_width;
    }
    struct text s = {0};
    text_addf(&s, "%*s%*s", packet_width, "packet", time_width, "time");
    page_blank(page);
    page_line(page, BODY, INK_FAINT, text_string(&s));
    for (size_t i = 0; i < n && i < EVIDENCE_MAX; i++)
        evidence_line(page, &finding->evidence[i], packet_width, time_width);
    if (n > EVIDENCE_MAX) {
        text_clear(&s);
        text_addf(&s, "and %zu more, see the filter below", n - EVIDENCE_MAX);
        page_line(page, BODY, INK_FAINT, text_string(&s));
    }
    text_free(&s);
}

/* What is left where the capture can not tell, and what decides. */
static void hypotheses(struct page *page, const struct result_finding *finding)
{
    struct text s = {0};
    if (finding->hypothesis_count)
        page_line(page, BODY, INK_STRONG, "What is left");
    for (size_t i = 0; i < finding->hypothesis_count; i++) {
        char number[24];
        const struct hypothesis *h = &finding->hypotheses[i];
        snprintf(number, sizeof number, "%zu", i + 1);
        text_clear(&s);
        text_adds(&s, h->text);
        if (*h->because)
            text_addf(&s, " (%s)", h->because);
        page_paragraph(page, ITEM, INK_PLAIN, number, ITEM + 3,
                       text_string(&s));
    }
    if (finding->next_count)
        page_line(page, BODY, INK_STRONG,
                  "What decides, the cheapest first");
    for (size_t i = 0; i < finding->next_count; i++)
        page_paragraph(page, ITEM, INK_PLAIN, "-", ITEM + 3, finding->next[i]);
    text_free(&s);
}

static void remedy(struct page *page, const struct result_finding *finding)
{
    bool undetermined = finding->effect == VERDICT_UNDETERMINED;
    /* What decides has been said, and says the same better. */
    bool said = undetermined && finding->next_count;
    if (!said && (*finding->remedy_user || *finding->remedy_admin))
        page_line(page, BODY, INK_STRONG,
                  undetermined ? "To find out" : "What to do");
    if (!said && *finding->remedy_user)
        page_paragraph(page, ITEM, INK_PLAIN, "user", REMEDY,
                       finding->remedy_user);
    if (!said && *finding->remedy_admin)
        page_paragraph(page, ITEM, INK_PLAIN, "admin", REMEDY,
                       finding->remedy_admin);
    if (finding->log && *finding->log)
        page_paragraph(page, ITEM, INK_PLAIN, "log", REMEDY, finding->log);
    if (finding->check_count)
        page_line(page, BODY, INK_STRONG, "Check next");
    for (size_t i = 0; i < finding->check_count; i++)
        page_line(page, ITEM, INK_PLAIN, finding->checks[i]);
}

void text_detail(struct page *page, const struct result *result,
                 const struct result_finding *finding,
                 const char *not_the_cause)
{
    struct text s = {0};
    sessions_of(page, result, finding);
    evidence(page, finding);
    page_blank(page);
    hypotheses(page, finding);
    remedy(page, finding);
    if (*not_the_cause) {
        text_addf(&s, "Not the cause: %s", not_the_cause);
        struct text sentence = {0};
        say_sentence(&sentence, text_string(&s));
        page_paragraph(page, BODY, INK_PLAIN, "", BODY,
                       text_string(&sentence));
        text_free(&sentence);
        text_clear(&s);
    }
    if (*finding->filter) {
        text_addf(&s, "In Wireshark: %s", finding->filter);
        page_line(page, BODY, INK_PLAIN, text_string(&s));
    }
    text_free(&s);
}
