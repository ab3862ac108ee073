/* The last look at what is about to become an image. */
#pragma once
#include "tree/tree.h"

/* ERR_BUILD that names every path of a tree that holds a private key, a credential, the identity of a
 * machine, a log, a cache or a database's data. Files of packages (CONTENT_PACK) are
 * Debian's own and public, as are those of npm and Python packages where keys are concerned. */
struct err *audit_tree(const struct tree *t) MUST_CHECK;
