/* text.c - the report for people: first the cause, then what shows it.
 *
 *   friday.pcapng: 42 packets in 3.1 s, one IMAP session
 *
 *   FAILED  The server refused user name or password.
 *           Who must act: the account's owner.
 *
 * A help desk reads the first lines, an administrator the rest.  The structure
 * is the same every time, and many sessions are grouped, not listed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "report/text.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "report/words.h"

enum {
    BODY = 2,
    ITEM = 4,
    DETAILED_MAX = 3, /* causes explained at length; of more only the heads */
    BRIEF_FROM = 10,  /* of more, not even what to do first */
    CAUSES_MAX = 25,
    NOTES_MAX = 5,
    SESSIONS_MAX = 40, /* listed with -v; with --all, all of them */
};

static size_t count_causes(const struct result *result)
{
    size_t n = 0;
    for (size_t i = 0; i < result->finding_count; i++)
        n += is_cause(&result->findings[i]);
    return n;
}

static size_t count_groups(const struct result *result)
{
    size_t n = 0;
    for (size_t i = 0; i < result->finding_count; i++)
        n += is_cause(&result->findings[i]) && is_first_like(result, i);
    return n;
}

static void likes(struct page *page, const struct result *result, size_t i)
{
    struct text s = {0};
    say_likes(&s, result, i);
    if (s.n) {
        text_adds(&s, "; --all shows each.");
        page_paragraph(
            page, 0, INK_PLAIN, "",
            text_column(verdict_label(result->findings[i].effect)),
            text_string(&s));
    }
    text_free(&s);
}

static void header(struct page *page, const struct result *result)
{
    struct text s = {0};
    text_addf(&s, "%s: ", result->file);
    say_capture(&s, result);
    if (is_unreadable(result)) {
        text_adds(&s, ": ");
        say_sentence(&s, result->error);
    }
    page_paragraph(page, 0, INK_PLAIN, "", 0, text_string(&s));
    page_blank(page);
    if (result->error && !is_unreadable(result)) {
        text_clear(&s);
        say_sentence(&s, result->error);
        page_paragraph(page, 0, INK_BAD, "DAMAGED", text_column("DAMAGED"),
                       text_string(&s));
        page_blank(page);
    }
    text_free(&s);
}

static void causes(struct page *page, const struct result *result,
                   const struct report_style *style)
{
    size_t count = count_causes(result), shown = 0, left = 0;
    size_t groups = count_groups(result);
    bool detailed = groups <= DETAILED_MAX || style->verbose;
    bool brief = style->quiet || (groups > BRIEF_FROM && !style->verbose);
    const char *ruled_out = count == 1 ? result->not_the_cause : "";
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct result_finding *finding = &result->findings[i];
        if (!is_cause(finding) || (!style->all && !is_first_like(result, i)))
            continue;
        if (shown == CAUSES_MAX && !style->verbose) {
            left++;
            continue;
        }
        text_cause(page, finding, brief);
        if (!style->all)
            likes(page, result, i);
        if (detailed && !style->quiet) {
            text_detail(page, result, finding, ruled_out);
            page_blank(page);
        }
        shown++;
    }
    if (left) {
        struct text s = {0};
        text_addf(&s, "and %zu more causes; -v shows them", left);
        page_line(page, text_column(""), INK_PLAIN, text_string(&s));
        text_free(&s);
    }
}

/* The verdict where no finding speaks for it. */
static void bare_verdict(struct page *page, const struct result *result)
{
    const char *says = "";
    switch (result->verdict) {
    case VERDICT_FAILURE:
        says = "Mail did not work; no rule names the cause (-v shows how far "
               "each session got).";
        break;
    case VERDICT_DEGRADED:
        says = "Mail worked, but not as it should; no rule names the cause "
               "(-v shows the sessions).";
        break;
    case VERDICT_UNDETERMINED:
        says = "This capture does not show how it ended.";
        break;
    case VERDICT_NO_MAIL:
        says = "There is no mail session in this capture. If mail runs on a "
               "port of its own here, say so with --decode-as PORT=PROTOCOL.";
        break;
    case VERDICT_HEALTHY:
        return;
    }
    const char *label = verdict_label(result->verdict);
    if (result->verdict == VERDICT_NO_MAIL && result->quality_count)
        says = result->quality[0].text; /* what there is instead */
    page_paragraph(page, 0, text_ink(result->verdict), label,
                   text_column(label), says);
}

/* Healthy sessions without those that a later one had to make up for. */
static uint64_t sessions_that_worked(const struct result *result)
{
    uint64_t n = result->healthy_sessions;
    for (size_t i = 0; i < result->session_count; i++)
        n -= result->sessions[i].healed_by &&
             result->sessions[i].verdict == VERDICT_HEALTHY;
    return n;
}

static void good_news(struct page *page, const struct result *result)
{
    struct text s = {0};
    bool all = result->verdict == VERDICT_HEALTHY;
    uint64_t others = sessions_that_worked(result);
    if (!all && others == 0)
        return;
    if (all)
        text_adds(&s, *result->good_news
                          ? "Mail works"
                          : "Nothing failed, as far as can be seen");
    else if (others == 1 && !result->counts_least)
        text_adds(&s, "Another session did its work");
    else {
        text_adds(&s, result->counts_least ? "At least " : "");
        say_count(&s, others);
        text_adds(&s, " other sessions did their work");
    }
    text_addf(&s, "%s%s.", *result->good_news ? ": " : "", result->good_news);
    page_paragraph(page, 0, INK_GOOD, "OK", text_column("OK"),
                   text_string(&s));
    text_free(&s);
}

static void note(struct page *page, const struct result *result, size_t i,
                 bool grouped)
{
    const struct result_finding *finding = &result->findings[i];
    struct text s = {0};
    say_note(&s, result, i, grouped);
    text_addf(&s, " (%s)", finding->id);
    page_paragraph(page, ITEM, INK_PLAIN, "", ITEM, text_string(&s));
    text_free(&s);
}

/* Observations that stand by themselves; with -v also what only follows from
 * a cause. */
static void notes(struct page *page, const struct result *result,
                  const struct report_style *style)
{
    size_t shown = 0, left = 0;
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct result_finding *finding = &result->findings[i];
        if (!is_note(finding) || (!style->all && !is_first_like(result, i)))
            continue;
        if (shown == NOTES_MAX && !style->verbose) {
            left++;
            continue;
        }
        if (shown++ == 0)
            page_line(page, BODY, INK_STRONG, "Worth knowing");
        note(page, result, i, !style->all);
    }
    if (left) {
        struct text s = {0};
        text_addf(&s, "and %zu more; -v shows them", left);
        page_line(page, ITEM, INK_FAINT, text_string(&s));
        text_free(&s);
    }
    shown = 0;
    for (size_t i = 0; style->verbose && i < result->finding_count; i++) {
        const struct result_finding *finding = &result->findings[i];
        if (!finding->explained_by || is_cause(finding) || is_note(finding) ||
            (!style->all && !is_first_like(result, i)))
            continue;
        if (shown++ == 0)
            page_line(page, BODY, INK_STRONG, "Follows from the cause");
        note(page, result, i, !style->all);
    }
}

static void quality(struct page *page, const struct result *result)
{
    struct text s = {0};
    size_t said = result->verdict == VERDICT_NO_MAIL && !count_causes(result);
    if (result->quality_count > said)
        page_line(page, BODY, INK_STRONG, "What this capture can not show");
    for (size_t i = said; i < result->quality_count; i++) {
        text_clear(&s);
        say_sentence(&s, result->quality[i].text);
        page_paragraph(page, ITEM, INK_PLAIN, "", ITEM, text_string(&s));
    }
    text_free(&s);
}

void text_sessions(struct page *page, const struct result *result, bool all)
{
    struct text s = {0};
    size_t shown = 0, left = 0;
    if (result->session_count)
        page_line(page, BODY, INK_STRONG, "Sessions");
    for (size_t i = 0; i < result->session_count; i++) {
        const struct result_session *session = &result->sessions[i];
        if (shown == SESSIONS_MAX && !all) {
            left++;
            continue;
        }
        shown++;
        text_clear(&s);
        text_addf(&s, "#%" PRIu64 " ", session->id);
        say_session(&s, session);
        text_addf(&s, ", packets %" PRIu64 " to %" PRIu64,
                  session->first_packet, session->last_packet);
        page_paragraph(page, ITEM, INK_PLAIN, "", ITEM + 3, text_string(&s));
        text_clear(&s);
        say_steps(&s, session);
        if (s.n)
            page_paragraph(page, ITEM + 3, INK_PLAIN, "", ITEM + 3,
                           text_string(&s));
        text_clear(&s);
        text_adds(&s, session->primary ? session->primary : session->summary);
        page_paragraph(page, ITEM + 3, text_ink(session->verdict),
                       verdict_label(session->verdict), ITEM + 3,
                       text_string(&s));
    }
    if (left) {
        text_clear(&s);
        say_how_many(&s, left, "more session", "more sessions");
        text_adds(&s, "; --all lists them");
        page_line(page, ITEM, INK_FAINT, text_string(&s));
    }
    if (result->sessions_unlisted) {
        text_clear(&s);
        say_count(&s, result->sessions_unlisted);
        text_adds(&s, " more were counted, but not kept");
        page_line(page, ITEM, INK_FAINT, text_string(&s));
    }
    text_free(&s);
}

static struct page page_for(const struct report *report)
{
    return (struct page){
        .color = report->style.color,
        .ascii = report->style.ascii,
        .width = report->style.width ? report->style.width : REPORT_WIDTH,
    };
}

static void text_capture(struct report *report, const struct result *result)
{
    struct page page = page_for(report);
    const struct report_style *style = &report->style;
    if (report->captures++ > 0)
        fputc('\n', report->out);
    header(&page, result);
    if (!is_unreadable(result)) {
        causes(&page, result, style);
        if (count_causes(result) == 0)
            bare_verdict(&page, result);
        good_news(&page, result);
        page_blank(&page);
        if (!style->quiet) {
            notes(&page, result, style);
            quality(&page, result);
        }
        if (style->verbose && !style->quiet) {
            page_blank(&page);
            text_sessions(&page, result, style->all);
        }
    }
    /* The last line is never an empty one. */
    while (page.out.n > 1 && page.out.s[page.out.n - 2] == '\n')
        page.out.s[--page.out.n] = '\0';
    page_print(&page, report->out);
    text_free(&page.out);
}

static void text_finding(struct report *report,
                         const struct result_finding *finding)
{
    struct page page = page_for(report);
    struct text s = {0};
    char time[CLOCK_TEXT];
    if (finding->evidence_count) {
        clock_hms(finding->evidence[0].time, time);
        text_addf(&s, "%s UTC  ", time);
    }
    if (finding->client && finding->server)
        text_addf(&s, "%s -> %s", finding->client, finding->server);
    if (s.n)
        page_line(&page, 0, INK_FAINT, text_string(&s));
    text_cause(&page, finding, true);
    page_blank(&page);
    page_print(&page, report->out);
    text_free(&page.out);
    text_free(&s);
}

const struct report_format report_text = {
    .name = "text",
    .capture = text_capture,
    .finding = text_finding,
};
