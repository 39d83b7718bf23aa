/* text.c - the comparison for people: what differs first, why, and all steps
 * side by side.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "diff/diff.h"
#include "report/text.h"
#include "report/words.h"

enum {
    BODY = 2,
    ITEM = 4,
    COLUMN = 9,      /* "DIFFERS  " */
    STEP = 15,       /* the column of the steps' names */
    PACKET = 7,      /* of packet numbers */
    CELL_LEAST = 12, /* of what happened; narrower pages are overrun */
    SAME_RUN = 3,    /* of more that are the same in a row, only the number */
    LESSER_MAX = 8,  /* differences of less weight that are listed */
};

static void name_session(struct page *page, const struct result *result,
                         const struct result_session *session,
                         const char *label)
{
    struct text s = {0};
    text_addf(&s, "%s", result->file);
    if (session) {
        text_addf(&s, ", session %" PRIu64 ": ", session->id);
        say_session(&s, session);
    } else {
        text_adds(&s, ": no mail session");
    }
    page_paragraph(page, 0, INK_STRONG, label, 6, text_string(&s));
    text_free(&s);
}

/* "packet 17, 2.089 s  A002 NO" */
static void detail(struct page *page, const struct result *result,
                   const struct diff_side *side, const char *label)
{
    struct text s = {0};
    if (side->packet)
        text_addf(&s, "packet %" PRIu64 ", %.3f s  ", side->packet,
                  clock_seconds(side->time - result->start));
    text_adds(&s, side->there    ? side->shown
                  : side->hidden ? "nothing of the kind that can be read"
                                 : "nothing of the kind");
    page_paragraph(page, COLUMN, INK_STRONG, label, COLUMN + 6,
                   text_string(&s));
    text_free(&s);
}

static void first(struct page *page, const struct diff *diff)
{
    const struct diff_step *step = diff->first;
    struct text s = {0};
    if (!step) {
        page_paragraph(page, 0, INK_GOOD, "SAME", COLUMN,
                       "No difference that matters.");
        return;
    }
    text_addf(&s, "First at %s: ", step->name);
    say_sentence(&s, step->says);
    page_paragraph(page, 0, INK_BAD, "DIFFERS", COLUMN, text_string(&s));
    detail(page, diff->good, &step->good, "good");
    detail(page, diff->bad, &step->bad, "bad");
    text_free(&s);
}

/* The beginning of the text, filled up with spaces to so many columns. */
static void cell(struct text *out, const char *text, size_t columns)
{
    struct span all = span_of(text);
    size_t wide = page_columns(all), n = all.n;
    if (wide > columns) {
        while (page_columns(span_first(all, n)) > columns - 3)
            n--;
        text_add(out, span_trim(span_first(all, n)));
        text_adds(out, "...");
        wide = page_columns(span_trim(span_first(all, n))) + 3;
    } else {
        text_add(out, all);
    }
    for (; wide < columns; wide++)
        text_adds(out, " ");
}

static void half(struct text *out, const struct diff_side *side, size_t columns)
{
    char packet[24] = "";
    if (side->packet)
        snprintf(packet, sizeof packet, "%" PRIu64, side->packet);
    text_addf(out, "%*s  ", PACKET - 2, packet);
    cell(out, side->there ? side->shown : "-", columns);
}

static void line_of(struct page *page, const struct diff_step *step)
{
    static const char *const marks[] = {"  ", "~ ", "! "};
    static const enum ink inks[] = {INK_PLAIN, INK_WARN, INK_BAD};
    const size_t rest = BODY + 2 + STEP + 2 * PACKET + 2;
    size_t columns = CELL_LEAST;
    if (page->width > rest + 2 * columns)
        columns = (page->width - rest) / 2;
    struct text s = {0};
    text_adds(&s, marks[step->weight]);
    cell(&s, step->name, STEP - 2);
    text_adds(&s, "  ");
    half(&s, &step->good, columns);
    text_adds(&s, "  ");
    half(&s, &step->bad, columns);
    while (s.n && s.s[s.n - 1] == ' ')
        s.s[--s.n] = '\0';
    page_line(page, BODY, inks[step->weight], text_string(&s));
    text_free(&s);
}

static size_t same_from(const struct diff *diff, size_t i)
{
    size_t n = 0;
    while (i + n < diff->step_count && diff->steps[i + n].weight == DIFF_SAME)
        n++;
    return n;
}

static void table(struct page *page, const struct diff *diff, bool verbose)
{
    const struct diff_step head = {
        .name = "",
        .good = {.there = true, .shown = "good"},
        .bad = {.there = true, .shown = "bad" },
    };
    page_line(page, BODY, INK_STRONG,
              "Side by side  (! matters, ~ of less weight; numbers are "
              "packets)");
    line_of(page, &head);
    for (size_t i = 0; i < diff->step_count; i++) {
        size_t run = same_from(diff, i);
        if (run > SAME_RUN && !verbose) {
            struct text s = {0};
            text_addf(&s, "  ... %zu steps the same, %s to %s (-v shows them)",
                      run, diff->steps[i].name, diff->steps[i + run - 1].name);
            page_line(page, BODY, INK_FAINT, text_string(&s));
            text_free(&s);
            i += run - 1;
        } else {
            line_of(page, &diff->steps[i]);
        }
    }
    page_blank(page);
}

/* Steps in a row that only one of the two took are told together. */
static bool goes_on(const struct diff *diff, size_t i)
{
    const struct diff_step *step = &diff->steps[i], *next = step + 1;
    return i + 1 < diff->step_count && step->weight == next->weight &&
           next != diff->first && !*next->also &&
           step->good.there != step->bad.there &&
           strcmp(step->says, next->says) == 0;
}

static void say_packets(struct text *out, const struct diff_step *step)
{
    const struct diff_side *good = &step->good, *bad = &step->bad;
    if (!good->packet && !bad->packet)
        return;
    text_adds(out, " (");
    if (good->packet)
        text_addf(out, "good %" PRIu64, good->packet);
    if (good->packet && bad->packet)
        text_adds(out, ", ");
    if (bad->packet)
        text_addf(out, "bad %" PRIu64, bad->packet);
    text_adds(out, ")");
}

/* What of a step differs with this weight; NULL: nothing, or it was said. */
static const char *differs(const struct diff *diff, size_t i,
                           enum diff_weight weight)
{
    const struct diff_step *step = &diff->steps[i];
    if (weight == DIFF_LESSER && *step->also)
        return step->also;
    return step->weight == weight && step != diff->first ? step->says : NULL;
}

static void list(struct page *page, const struct diff *diff,
                 enum diff_weight weight, const char *title, size_t most)
{
    struct text s = {0};
    size_t shown = 0, left = 0;
    for (size_t i = 0; i < diff->step_count; i++) {
        const struct diff_step *step = &diff->steps[i];
        const char *says = differs(diff, i, weight);
        if (!says)
            continue;
        if (shown == most) {
            left++;
            continue;
        }
        if (shown++ == 0)
            page_line(page, BODY, INK_STRONG, title);
        text_clear(&s);
        for (; says == step->says && goes_on(diff, i); i++)
            text_addf(&s, "%s, ", diff->steps[i].name);
        text_addf(&s, "%s: %s", diff->steps[i].name, says);
        say_packets(&s, step);
        page_paragraph(page, ITEM, INK_PLAIN, "-", ITEM + 3, text_string(&s));
    }
    if (left) {
        text_clear(&s);
        text_addf(&s, "and %zu more; -v shows them", left);
        page_line(page, ITEM, INK_FAINT, text_string(&s));
    }
    text_free(&s);
    page_blank(page);
}

static void notes(struct page *page, const struct diff *diff)
{
    if (diff->note_count)
        page_line(page, BODY, INK_STRONG, "Mind");
    for (size_t i = 0; i < diff->note_count; i++)
        page_paragraph(page, ITEM, INK_PLAIN, "-", ITEM + 3, diff->notes[i]);
}

void diff_print_text(const struct diff *diff, const struct report_style *style,
                     FILE *out)
{
    struct page page = {
        .color = style->color,
        .ascii = style->ascii,
        .width = style->width ? style->width : REPORT_WIDTH,
    };
    size_t most = style->verbose ? SIZE_MAX : LESSER_MAX;
    name_session(&page, diff->good, diff->good_session, "good");
    name_session(&page, diff->bad, diff->bad_session, "bad");
    page_blank(&page);
    first(&page, diff);
    if (diff->cause) {
        page_blank(&page);
        text_cause(&page, diff->cause, style->quiet);
    }
    page_blank(&page);
    if (!style->quiet) {
        table(&page, diff, style->verbose);
        list(&page, diff, DIFF_MATTERS, "Further differences that matter",
             most);
        list(&page, diff, DIFF_LESSER, "Differences of less weight", most);
        notes(&page, diff);
    }
    /* The last line is never an empty one. */
    while (page.out.n > 1 && page.out.s[page.out.n - 2] == '\n')
        page.out.s[--page.out.n] = '\0';
    page_print(&page, out);
    text_free(&page.out);
}
