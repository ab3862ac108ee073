/* SPDX-License-Identifier: MIT */
#include "template/quote.h"

#include "base/mem.h"
#include "t.h"

static void test_quote(void)
{
	struct text sh = { 0 }, words = { 0 }, env = { 0 };
	struct err *e;

	quote_shell_words(&sh, (const char *const[]){ "a", "b c", "d'e", "", NULL });
	AUTO_FREE char *shell = text_take(&sh);
	is(shell, "a 'b c' 'd'\\''e' ''");
	e = quote_supervisor_words(&words,
				   (const char *const[]){ "nginx", "-g", "daemon off;", "100%", NULL });
	ok(!e);
	AUTO_FREE char *line = text_take(&words);
	is(line, "nginx -g 'daemon off;' 100%%");
	e = quote_supervisor_env(&env, (const char *const[]){ "A=b c", "D=c\"e\"f", "G=", NULL });
	ok(!e);
	AUTO_FREE char *pairs = text_take(&env);
	is(pairs, "A=\"b c\",D='c\"e\"f',G=\"\"");
	static const char *const hopeless[] = { "A=b ; c", "A=b #c", "A='\"", "A='x'", "A=b\nc", "A" };
	for (size_t i = 0; i < COUNT(hopeless); i++) {
		struct text none = { 0 };
		e = quote_supervisor_env(&none, (const char *const[]){ hopeless[i], NULL });
		ok(e && err_kind(e) == ERR_RECIPE);
		err_free(e);
		text_done(&none);
	}
}

int main(void)
{
	test_quote();
	return t_done();
}
