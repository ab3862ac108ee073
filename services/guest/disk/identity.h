/* SPDX-License-Identifier: MIT */
/* What makes a disk's machine this one, early in its start: its name (the credential system.hostname; else
 * the recipe's, in /etc/hostname), root's password for the consoles (passwd.hashed-password.root), who may
 * log in by SSH (ssh.authorized_keys.root) and the key that it shows them: made once, kept with the data.
 * Nothing given is remembered: what counts is what is given at this start. */
#pragma once

#define IDENTITY_KEY "/data/.machine/ssh/ssh_host_ed25519_key" /* and .pub */
#define IDENTITY_SHOWN "/run/mkbench/ssh" /* that key's fingerprint, "SHA256:…", once somebody may log in */

int identity_main(int argc, char **argv);
