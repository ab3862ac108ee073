/* SPDX-License-Identifier: MIT */
#include "base/password.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/given_file.h"
#include "base/mem.h"

#define LIMIT ((size_t)64 << 10)

void password_done(char **password)
{
	if (*password)
		OPENSSL_cleanse(*password, strlen(*password));
	free(*password);
	*password = NULL;
}

/* Reads to the end of the input, or of the line for a terminal. */
static char *read_input(int fd, bool line)
{
	char *text = mem_new(LIMIT + 1);
	size_t len = 0;
	ssize_t n;

	while (len < LIMIT &&
	       ((n = read(fd, text + len, line ? 1 : LIMIT - len)) > 0 || (n < 0 && errno == EINTR))) {
		len += n > 0 ? (size_t)n : 0;
		if (line && len && text[len - 1] == '\n')
			break;
	}
	text[strcspn(text, "\r\n")] = '\0';
	return text;
}

struct err *password_read(const char *path, char **ret)
{
	bool input = !strcmp(path, "-");
	size_t len;

	*ret = NULL;
	if (input) {
		*ret = read_input(STDIN_FILENO, false);
	} else {
		TRY_AS(given_file_check(path), "the password's file");
		TRY_AS(file_read(path, LIMIT, ret, &len), "the password's file");
	}
	(*ret)[strcspn(*ret, "\r\n")] = '\0';
	if (**ret)
		return NULL;
	password_done(ret);
	return err_new(ERR_USAGE, "the first line of %s holds no password", input ? "standard input" : path);
}

static char *ask_once(int tty, const char *prompt)
{
	struct termios shown, hidden;
	bool is = !tcgetattr(tty, &shown);

	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	hidden.c_lflag |= ICANON | ECHONL;
	if (is)
		tcsetattr(tty, TCSAFLUSH, &hidden);
	err_free(file_write_all(tty, prompt, strlen(prompt), "/dev/tty"));
	char *text = read_input(tty, true);
	if (is)
		tcsetattr(tty, TCSAFLUSH, &shown);
	return text;
}

struct err *password_ask(const char *prompt, bool twice, const char *hint, char **ret)
{
	AUTO_CLOSE int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	AUTO_PASSWORD char *again = NULL;

	*ret = NULL;
	if (tty < 0)
		return err_new(ERR_USAGE, "a password is needed, but there is no terminal to ask for it: %s",
			       hint);
	*ret = ask_once(tty, prompt);
	if (twice)
		again = ask_once(tty, "once more: ");
	if (**ret && (!twice || !strcmp(*ret, again)))
		return NULL;
	bool empty = !**ret;
	password_done(ret);
	return err_new(ERR_USAGE, empty ? "an empty password is none" : "the two passwords are not the same");
}
