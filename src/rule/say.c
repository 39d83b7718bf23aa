/* say.c - see say.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/say.h"

const char *say(const struct saying *saying, const struct template *template)
{
    if (!template)
        return "";
    struct text text = {0};
    template_fill(template, saying->view, saying->who, &text);
    const char *s = arena_string(saying->mem, text_span(&text));
    text_free(&text);
    return s;
}

bool said_holds(const struct saying *saying, const struct said *said)
{
    saying->view->steps = SIZE_MAX; /* no aggregate has more than the facts */
    return !said->test || expr_true(said->test, saying->view);
}

const char *const *say_list(const struct saying *saying,
                            const struct said_list *list, size_t *count)
{
    const char **out = arena_alloc(saying->mem, list->count * sizeof *out);
    *count = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (said_holds(saying, &list->list[i]))
            out[(*count)++] = say(saying, list->list[i].text);
    }
    return out;
}

const struct hypothesis *say_hypotheses(const struct saying *saying,
                                        const struct said_list *list,
                                        size_t *count)
{
    struct hypothesis *out =
        arena_alloc(saying->mem, list->count * sizeof *out);
    *count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct said *said = &list->list[i];
        if (said_holds(saying, said))
            out[(*count)++] = (struct hypothesis){say(saying, said->text),
                                                  say(saying, said->because)};
    }
    return out;
}
