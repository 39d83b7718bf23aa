/* html.c - one page that needs nothing else: no script, no font, no network.
 *
 * It prints well and follows the reader's light or dark setting.  All that
 * comes from packets goes through escape_xml(), and a content security policy
 * forbids what should get past it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <inttypes.h>

#include "report/escape.h"
#include "report/report.h"
#include "report/story.h"
#include "report/words.h"

/* clang-format off */
static const char head[] =
"<!DOCTYPE html>\n"
"<html lang=\"en\">\n"
"<head>\n"
"<meta charset=\"utf-8\">\n"
"<meta name=\"viewport\" content=\"width=device-width\">\n"
"<meta http-equiv=\"Content-Security-Policy\""
" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
"<title>Why does the mail not come?</title>\n"
"<style>\n"
":root { color-scheme: light dark; --bad: #b00020; --warn: #8a5a00;"
" --good: #136f2d; --line: #8886; }\n"
"@media (prefers-color-scheme: dark) {\n"
"  :root { --bad: #ff8a95; --warn: #f2c063; --good: #7fd897; }\n"
"}\n"
"body { font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto;"
" padding: 0 1rem; }\n"
"h2 { border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }\n"
".failure { color: var(--bad); }\n"
".degraded, .undetermined { color: var(--warn); }\n"
".healthy { color: var(--good); }\n"
"table { border-collapse: collapse; width: 100%; }\n"
"td, th { border-bottom: 1px solid var(--line); padding: .2rem .6rem;"
" text-align: left; vertical-align: top; overflow-wrap: anywhere; }\n"
"td.n, th.n { text-align: right; white-space: nowrap; }\n"
"code { font-size: .9em; overflow-wrap: anywhere; }\n"
"dt { font-weight: bold; }\n"
"section { break-inside: avoid; }\n"
"</style>\n"
"</head>\n"
"<body>\n"
"<h1>Why does the mail not come?</h1>\n";
/* clang-format on */

/* <tag>words</tag>, nothing for no words. */
static void element(struct text *out, const char *tag, const char *words)
{
    if (!*words)
        return;
    text_addf(out, "<%s>", tag);
    escape_xml(out, words);
    text_addf(out, "</%s>\n", tag);
}

static void pair(struct text *out, const char *term, const char *tag,
                 const char *words)
{
    if (!*words)
        return;
    text_addf(out, "<dt>%s</dt><dd><%s>", term, tag);
    escape_xml(out, words);
    text_addf(out, "</%s></dd>\n", tag);
}

static void add_story(struct text *out, const struct result *result,
                      const struct result_attempt *attempt)
{
    struct story_line lines[STORY_LINES];
    struct text s = {0};
    size_t left = 0, n = story_tell(result, attempt, lines, &left);
    say_attempt(&s, result, attempt);
    element(out, "p", text_string(&s));
    text_adds(out, "<table>\n");
    for (size_t i = 0; i < n; i++) {
        text_addf(out, "<tr><td class=\"n\">%.1f s</td><td>",
                  lines[i].offset);
        escape_xml(out, text_string(&lines[i].words));
        text_adds(out, "</td></tr>\n");
        text_free(&lines[i].words);
    }
    if (left)
        text_addf(out, "<tr><td></td><td>and %zu more</td></tr>\n", left);
    text_adds(out, "</table>\n");
    text_free(&s);
}

static void add_break(struct text *out, const struct result_attempt *attempt)
{
    struct text s = {0};
    if (attempt)
        say_break(&s, attempt);
    element(out, "p", text_string(&s));
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
    if (attempt && attempt->session_count > 1) {
        add_story(out, result, attempt);
        add_break(out, attempt);
        return;
    }
    if (finding->session_count > 1)
        text_addf(&s, "%zu sessions, for example: ", finding->session_count);
    say_session(&s, session);
    element(out, "p", text_string(&s));
    text_clear(&s);
    say_steps(&s, session);
    element(out, "p", text_string(&s));
    text_free(&s);
    add_break(out, attempt);
}

static void add_hypotheses(struct text *out,
                           const struct result_finding *finding)
{
    struct text s = {0};
    if (finding->hypothesis_count)
        text_adds(out, "<h4>What is left</h4>\n<ol>\n");
    for (size_t i = 0; i < finding->hypothesis_count; i++) {
        const struct hypothesis *h = &finding->hypotheses[i];
        text_clear(&s);
        text_adds(&s, h->text);
        if (*h->because)
            text_addf(&s, " (%s)", h->because);
        element(out, "li", text_string(&s));
    }
    text_adds(out, finding->hypothesis_count ? "</ol>\n" : "");
    if (finding->next_count)
        text_adds(out, "<h4>What decides, the cheapest first</h4>\n<ul>\n");
    for (size_t i = 0; i < finding->next_count; i++)
        element(out, "li", finding->next[i]);
    text_adds(out, finding->next_count ? "</ul>\n" : "");
    text_free(&s);
}

static void add_evidence(struct text *out, const struct result_finding *finding)
{
    if (finding->evidence_count == 0)
        return;
    text_adds(out, "<table>\n<tr><th class=\"n\">packet</th>"
                   "<th class=\"n\">time</th><th>what</th></tr>\n");
    for (size_t i = 0; i < finding->evidence_count; i++) {
        const struct evidence *evidence = &finding->evidence[i];
        text_adds(out, "<tr><td class=\"n\">");
        if (evidence->packet)
            text_addf(out, "%" PRIu64, evidence->packet);
        text_adds(out, "</td><td class=\"n\">");
        if (evidence->packet)
            text_addf(out, "%.3f", evidence->offset);
        text_adds(out, "</td><td>");
        escape_xml(out, evidence->text);
        text_adds(out, "</td></tr>\n");
    }
    text_adds(out, "</table>\n");
}

static void add_cause(struct text *out, const struct result *result, size_t i)
{
    const struct result_finding *finding = &result->findings[i];
    struct text s = {0};
    text_addf(out, "<section>\n<h3><span class=\"%s\">%s</span> ",
              verdict_names[finding->effect], verdict_label(finding->effect));
    escape_xml(out, finding->title);
    text_adds(out, "</h3>\n");
    element(out, "p", finding->summary);
    if (finding->confidence_why)
        element(out, "p", finding->confidence_why);
    text_adds(out, "<p>Who must act: <strong>");
    escape_xml(out, who_acts(finding->where, finding->who));
    text_adds(out, "</strong>. <code>");
    escape_xml(out, finding->id);
    text_adds(out, "</code>, ");
    escape_xml(out, finding->confidence);
    if (finding->count > 1)
        text_addf(out, ", %" PRIu64 " times", finding->count);
    text_adds(out, "</p>\n");
    say_first_step(&s, finding);
    element(out, "p", text_string(&s));
    text_clear(&s);
    say_likes(&s, result, i);
    element(out, "p", text_string(&s));
    text_free(&s);
    add_session(out, result, finding);
    add_evidence(out, finding);
    add_hypotheses(out, finding);
    text_adds(out, "<dl>\n");
    pair(out, "For the user", "span", finding->remedy_user);
    pair(out, "For the administrator", "span", finding->remedy_admin);
    if (finding->log)
        pair(out, "In the server's log", "span", finding->log);
    for (size_t k = 0; k < finding->check_count; k++)
        pair(out, "Check next", "code", finding->checks[k]);
    pair(out, "In Wireshark", "code", finding->filter);
    text_adds(out, "</dl>\n</section>\n");
}

static void add_notes(struct text *out, const struct result *result)
{
    bool any = false;
    struct text s = {0};
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct result_finding *finding = &result->findings[i];
        if (!is_note(finding) || !is_first_like(result, i))
            continue;
        text_adds(out, any ? "" : "<h4>Worth knowing</h4>\n<ul>\n");
        text_clear(&s);
        say_note(&s, result, i, true);
        element(out, "li", text_string(&s));
        any = true;
    }
    text_adds(out, any ? "</ul>\n" : "");
    text_free(&s);
    if (result->quality_count == 0)
        return;
    text_adds(out, "<h4>What this capture can not show</h4>\n<ul>\n");
    for (size_t i = 0; i < result->quality_count; i++)
        element(out, "li", result->quality[i].text);
    text_adds(out, "</ul>\n");
}

static void html_begin(struct report *report)
{
    fputs(head, report->out);
}

static void html_capture(struct report *report, const struct result *result)
{
    struct text s = {0}, *out = &report->body;
    size_t causes = 0;
    report->captures++;
    text_clear(out);
    element(out, "h2", result->file);
    say_capture(&s, result);
    element(out, "p", text_string(&s));
    text_free(&s);
    if (result->error) {
        text_adds(out, "<p class=\"failure\">Damaged or unreadable: ");
        escape_xml(out, result->error);
        text_adds(out, "</p>\n");
    }
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct result_finding *finding = &result->findings[i];
        if (!is_cause(finding))
            continue;
        if (report->style.all || is_first_like(result, i))
            add_cause(out, result, i);
        causes++;
    }
    if (causes == 0 && !is_unreadable(result))
        text_addf(out, "<h3><span class=\"%s\">%s</span></h3>\n",
                  verdict_names[result->verdict],
                  verdict_label(result->verdict));
    text_adds(out, "<dl>\n");
    pair(out, "What works", "span", result->good_news);
    pair(out, "Not the cause", "span", result->not_the_cause);
    text_adds(out, "</dl>\n");
    add_notes(out, result);
    fputs(text_string(out), report->out);
}

static void html_end(struct report *report)
{
    fprintf(report->out, "<p><small>mailwhy %s, %zu rules</small></p>\n",
            report->style.version, report->style.rules);
    fputs("</body>\n</html>\n", report->out);
}

const struct report_format report_html = {
    .name = "html",
    .begin = html_begin,
    .capture = html_capture,
    .end = html_end,
};
