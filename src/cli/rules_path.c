/* rules_path.c - see rules_path.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/rules_path.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* An installation can be moved as a whole: its rules lie beside its bin/. */
static bool beside_program(char path[PATH_MAX])
{
    static const char beside[] = "/../share/mailwhy/rules";
    ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - sizeof beside);
    if (n <= 0)
        return false;
    path[n] = '\0';
    char *slash = strrchr(path, '/');
    if (!slash)
        return false;
    memcpy(slash, beside, sizeof beside);
    return is_folder(path);
}

const char *rules_path(void)
{
    static char path[PATH_MAX];
    const char *chosen = getenv("MAILWHY_RULES");
    if (chosen && *chosen)
        return chosen;
    if (beside_program(path))
        return path;
    if (is_folder(MAILWHY_SOURCE_RULES))
        return MAILWHY_SOURCE_RULES;
    return MAILWHY_INSTALLED_RULES;
}
