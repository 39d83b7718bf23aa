/* markdown.c - for a ticket: the text report as CommonMark with GFM tables.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <inttypes.h>

#include "report/escape.h"
#include "report/report.h"
#include "report/story.h"
#include "report/words.h"

static void paragraph(struct text *out, const char *lead, const char *words)
{
    if (!*words)
        return;
    text_adds(out, lead);
    escape_markdown(out, words);
    text_adds(out, "\n\n");
}

static void add_story(struct text *out, const struct result *result,
                      const struct result_attempt *attempt)
{
    struct story_line lines[STORY_LINES];
    struct text s = {0};
    size_t left = 0, n = story_tell(result, attempt, lines, &left);
    say_attempt(&s, result, attempt);
    paragraph(out, "", text_string(&s));
    for (size_t i = 0; i < n; i++) {
        text_addf(out, "- %.1f s: ", lines[i].offset);
        escape_markdown(out, text_string(&lines[i].words));
        text_adds(out, "\n");
        text_free(&lines[i].words);
    }
    if (left)
        text_addf(out, "- and %zu more\n", left);
    text_adds(out, "\n");
    text_free(&s);
}

static void add_session(struct text *out, const struct result *result,
                        const struct result_finding *finding)
{
    const struct result_session *session = session_of(result, finding);
    const struct result_attempt *attempt = attempt_of(result, finding);
    struct text s = {0};
    if (!session)
        return;
    if (attempt)
        say_break(&s, attempt);
    if (attempt && attempt->session_count > 1) {
        add_story(out, result, attempt);
        paragraph(out, "", text_string(&s));
        text_free(&s);
        return;
    }
    text_clear(&s);
    if (finding->session_count > 1)
        text_addf(&s, "%zu sessions, for example: ", finding->session_count);
    say_session(&s, session);
    paragraph(out, "", text_string(&s));
    text_clear(&s);
    say_steps(&s, session);
    paragraph(out, "", text_string(&s));
    text_clear(&s);
    if (attempt)
        say_break(&s, attempt);
    paragraph(out, "", text_string(&s));
    text_free(&s);
}

static void add_evidence(struct text *out, const struct result_finding *finding)
{
    if (finding->evidence_count == 0)
        return;
    text_adds(out, "| packet | time | what |\n|---:|---:|---|\n");
    for (size_t i = 0; i < finding->evidence_count; i++) {
        const struct evidence *evidence = &finding->evidence[i];
        text_adds(out, "| ");
        if (evidence->packet)
            text_addf(out, "%" PRIu64, evidence->packet);
        text_adds(out, " | ");
        if (evidence->packet)
            text_addf(out, "%.3f", evidence->offset);
        text_adds(out, " | ");
        escape_markdown(out, evidence->text);
        text_adds(out, " |\n");
    }
    text_adds(out, "\n");
}

static void add_hypotheses(struct text *out,
                           const struct result_finding *finding)
{
    for (size_t i = 0; i < finding->hypothesis_count; i++) {
        const struct hypothesis *h = &finding->hypotheses[i];
        text_addf(out, "%s%zu. ", i ? "" : "**What is left:**\n\n", i + 1);
        escape_markdown(out, h->text);
        if (*h->because) {
            text_adds(out, " (");
            escape_markdown(out, h->because);
            text_adds(out, ")");
        }
        text_adds(out, "\n");
    }
    text_adds(out, finding->hypothesis_count ? "\n" : "");
    for (size_t i = 0; i < finding->next_count; i++) {
        text_adds(out, i ? "- "
                         : "**What decides, the cheapest first:**\n\n- ");
        escape_markdown(out, finding->next[i]);
        text_adds(out, "\n");
    }
    text_adds(out, finding->next_count ? "\n" : "");
}

static void add_remedy(struct text *out, const struct result_finding *finding)
{
    add_hypotheses(out, finding);
    paragraph(out, "**For the user:** ", finding->remedy_user);
    paragraph(out, "**For the administrator:** ", finding->remedy_admin);
    paragraph(out, "**In the server's log:** ",
              finding->log ? finding->log : "");
    if (finding->check_count)
        text_adds(out, "**Check next:**\n\n");
    for (size_t i = 0; i < finding->check_count; i++) {
        text_adds(out, "- ");
        escape_code(out, finding->checks[i]);
        text_adds(out, "\n");
    }
    if (finding->check_count)
        text_adds(out, "\n");
    if (*finding->filter) {
        text_adds(out, "**In Wireshark:** ");
        escape_code(out, finding->filter);
        text_adds(out, "\n\n");
    }
}

static void add_cause(struct text *out, const struct result *result, size_t i)
{
    const struct result_finding *finding = &result->findings[i];
    struct text s = {0};
    text_addf(out, "### %s: ", verdict_label(finding->effect));
    escape_markdown(out, finding->title);
    text_adds(out, "\n\n");
    paragraph(out, "", finding->summary);
    paragraph(out, "", finding->confidence_why ? finding->confidence_why : "");
    text_adds(out, "**Who must act:** ");
    escape_markdown(out, who_acts(finding->where, finding->who));
    text_adds(out, ". ");
    escape_code(out, finding->id);
    text_adds(out, ", ");
    escape_markdown(out, finding->confidence);
    if (finding->count > 1)
        text_addf(out, ", %" PRIu64 " times", finding->count);
    text_adds(out, "\n\n");
    say_first_step(&s, finding);
    paragraph(out, "", text_string(&s));
    text_clear(&s);
    say_likes(&s, result, i);
    paragraph(out, "", text_string(&s));
    text_free(&s);
    add_session(out, result, finding);
    add_evidence(out, finding);
    add_remedy(out, finding);
}

static void add_list(struct text *out, const struct result *result)
{
    bool any = false;
    struct text s = {0};
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct result_finding *finding = &result->findings[i];
        if (!is_note(finding) || !is_first_like(result, i))
            continue;
        text_adds(out, any ? "- " : "**Worth knowing:**\n\n- ");
        text_clear(&s);
        say_note(&s, result, i, true);
        escape_markdown(out, text_string(&s));
        text_adds(out, " (");
        escape_code(out, finding->id);
        text_adds(out, ")\n");
        any = true;
    }
    text_adds(out, any ? "\n" : "");
    for (size_t i = 0; i < result->quality_count; i++) {
        text_adds(out,
                  i ? "- " : "**What this capture can not show:**\n\n- ");
        escape_markdown(out, result->quality[i].text);
        text_adds(out, "\n");
    }
    text_adds(out, result->quality_count ? "\n" : "");
    text_free(&s);
}

static void markdown_capture(struct report *report, const struct result *result)
{
    struct text s = {0}, *out = &report->body;
    size_t causes = 0;
    report->captures++;
    text_clear(out);
    text_adds(out, "## ");
    escape_markdown(out, result->file);
    text_adds(out, "\n\n");
    say_capture(&s, result);
    paragraph(out, "", text_string(&s));
    text_free(&s);
    paragraph(out, "**Damaged or unreadable:** ",
              result->error ? result->error : "");
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct result_finding *finding = &result->findings[i];
        if (!is_cause(finding))
            continue;
        if (report->style.all || is_first_like(result, i))
            add_cause(out, result, i);
        causes++;
    }
    if (causes == 0 && !is_unreadable(result))
        text_addf(out, "### %s\n\n", verdict_label(result->verdict));
    paragraph(out, "**What works:** ", result->good_news);
    paragraph(out, "**Not the cause:** ", result->not_the_cause);
    add_list(out, result);
    fputs(text_string(out), report->out);
}

const struct report_format report_markdown = {
    .name = "markdown",
    .capture = markdown_capture,
};
