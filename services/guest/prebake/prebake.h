/* SPDX-License-Identifier: MIT */
/* What a build runs over the image's files, without network: provisioning itself makes the sites, by the
 * framework's own steps, on a folder DATA that is thrown away. Then the framework takes its secrets out
 * of the databases (site_seal), each is dumped, and a second MariaDB, whose folder has never held a
 * site's account or secret, reads the dumps and stops slowly, so that nothing waits in its logs. That
 * folder, the sites' files without site_config.json, locks and logs, and what waits in Redis are left in
 * PREBAKED (provision/prebaked.h). */
#pragma once

/* Every password and key of such a site begins with this word; a file that holds it fails the build. */
#define PREBAKE_CANARY "prebakeCanary"

/* Exit status 0, or 1 with the reason as the last line. */
int prebake_main(int argc, char **argv);
