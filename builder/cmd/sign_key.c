/* SPDX-License-Identifier: MIT */
#include "cmd/sign_key.h"

#include <stddef.h>

#include "base/mem.h"
#include "base/password.h"

struct err *sign_key_open(const char *file, const char *password_file, const char *option, struct key *ret)
{
	AUTO_PASSWORD char *password = NULL;
	AUTO_FREE char *hint = mem_printf("%s FILE has it", option);
	bool encrypted;

	TRY(key_is_encrypted(file, &encrypted));
	if (encrypted && password_file)
		TRY(password_read(password_file, &password));
	else if (encrypted)
		TRY(password_ask("password of the key: ", false, hint, &password));
	return key_read_secret(file, password, ret);
}
