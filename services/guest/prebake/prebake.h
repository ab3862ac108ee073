/* SPDX-License-Identifier: MIT */
/* Makes the sites while an image is built, over the image's files and without network. Provisioning makes
 * them by the framework's own steps, in a folder DATA that is removed afterwards. The framework then removes
 * its secrets from the databases (site_seal), and each database is dumped. A second MariaDB, whose folder
 * has never held a site's account or secret, loads the dumps and stops slowly, so that its logs hold nothing
 * that is needed. Its folder, the sites' files (without site_config.json, locks and logs) and the keys of
 * Redis stay in PREBAKED (provision/prebaked.h). */
#pragma once

/* Every password and key of such a site begins with this word; a file that holds it fails the build. */
#define PREBAKE_CANARY "prebakeCanary"

/* Exit status 0, or 1 with the reason as the last line. */
int prebake_main(int argc, char **argv);
