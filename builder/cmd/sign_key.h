/* SPDX-License-Identifier: MIT */
/* The secret key of whoever signs. */
#pragma once
#include "signature/key.h"

/* An encrypted key's password is the first line of password_file, "-" is standard input; NULL: the terminal
 * is asked. option: the one that names that file, for who has no terminal. */
struct err *sign_key_open(const char *file, const char *password_file, const char *option,
			  struct key *ret) MUST_CHECK;
