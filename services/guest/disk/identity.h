/* SPDX-License-Identifier: MIT */
/* The identity of a disk's machine, set early in its start: host name (the credential system.hostname, else
 * /etc/hostname from the recipe), root's password for the consoles (passwd.hashed-password.root), root's SSH
 * keys (ssh.authorized_keys.root), and the SSH host key, which is made once and kept with the data. No
 * credential is stored: each start uses those that it was given. */
#pragma once

#define IDENTITY_KEY "/data/.machine/ssh/ssh_host_ed25519_key" /* and .pub */
#define IDENTITY_SHOWN "/run/mkbench/ssh" /* that key's fingerprint, "SHA256:…", once somebody may log in */

int identity_main(int argc, char **argv);
