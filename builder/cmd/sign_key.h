/* SPDX-License-Identifier: MIT */
/* Opens the signer's secret key. */
#pragma once
#include "signature/key.h"

/* For an encrypted key, the password is the first line of password_file ("-" is standard input); NULL asks at
 * the terminal. option: the option that names that file, for the hint if there is no terminal. */
struct err *sign_key_open(const char *file, const char *password_file, const char *option,
			  struct key *ret) MUST_CHECK;
