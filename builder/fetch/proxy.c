/* SPDX-License-Identifier: MIT */
#include "fetch/proxy.h"

#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "base/mem.h"
#include "base/text.h"

#define DETECT_SECONDS 20

static void keep(struct proxies *p, const char *key, const char *value)
{
	VEC_PUSH(&p->rows, (struct proxy_row){ arena_dup(&p->arena, key, strlen(key)),
					       arena_dup(&p->arena, value, strlen(value)) });
}

/* Acquire::http::Proxy::host "value"; */
static void read_line(struct proxies *p, char *line)
{
	char *open = strchr(line, '"'), *close = strrchr(line, '"');

	if (!text_starts(line, "Acquire::http") || !open || close == open || !strcasestr(line, "proxy"))
		return;
	*close = '\0';
	for (char *end = open; end > line && (end[-1] == ' ' || end == open); end--)
		end[-1] = '\0';
	if (open[1])
		keep(p, line + strlen("Acquire::"), open + 1);
}

struct err *proxy_read(struct progress *progress, struct proxies *ret)
{
	AUTO_FREE char *output = NULL, *errors = NULL;
	int status;
	char *save;

	*ret = (struct proxies){ .progress = progress };
	TRY_AS(child_run(&(struct child){ .argv = (const char *const[]){ "apt-config", "dump", NULL },
					  .limit_seconds = DETECT_SECONDS },
			 &output, &errors, &status),
	       "apt-config");
	for (char *line = status ? NULL : strtok_r(output, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		read_line(ret, line);
	return NULL;
}

/* The value of METHOD::WORD[::HOST], the last one of that name; NULL: none. */
static const char *find(const struct proxies *p, const char *method, const char *word, const char *host)
{
	AUTO_FREE char *key = mem_printf("%s::%s%s%s", method, word, host ? "::" : "", host ? host : "");

	for (size_t i = p->rows.count; i-- > 0;)
		if (!strcasecmp(p->rows.items[i].key, key))
			return p->rows.items[i].value;
	return NULL;
}

/* For https, falls back to the value for http. */
static const char *find_either(const struct proxies *p, bool https, const char *word, const char *host)
{
	const char *own = https ? find(p, "https", word, host) : NULL;

	return own ? own : find(p, "http", word, host);
}

/* The output of the program, which is run once for each host. */
static const char *detect(struct proxies *p, bool https, const char *host, const char *url)
{
	const char *program = find_either(p, https, "Proxy-Auto-Detect", NULL);
	AUTO_FREE char *output = NULL, *errors = NULL;
	int status;

	if (!program)
		program = find_either(p, https, "ProxyAutoDetect", NULL);
	if (!program)
		return NULL;
	const char *const argv[] = { program, url, NULL };
	struct err *e = child_run(&(struct child){ .argv = argv, .limit_seconds = DETECT_SECONDS }, &output,
				  &errors, &status);
	if (!e)
		output[strcspn(output, "\r\n")] = '\0';
	bool said = !e && !status && *output;
	progress_note(p->progress,
		      said ? "%s: apt's Proxy-Auto-Detect %s says %s" :
			     "%s: apt's Proxy-Auto-Detect %s says nothing%s",
		      host, program, said ? output : "");
	AUTO_FREE char *key = mem_printf("%s::Proxy::%s", https ? "https" : "http", host);
	if (said)
		keep(p, key, output);
	err_free(e);
	return said ? p->rows.items[p->rows.count - 1].value : NULL;
}

static bool is_this_machine(const char *host)
{
	return text_starts(host, "127.") || !strcmp(host, "localhost") || !strcmp(host, "[::1]");
}

const char *proxy_for(struct proxies *p, const char *url)
{
	bool https = text_starts(url, "https://");
	const char *start = strstr(url, "://");

	if (!p->rows.count || !start || (!https && !text_starts(url, "http://")))
		return NULL;
	size_t len = strcspn(start + 3, "/?#");
	const char *at = memrchr(start + 3, '@', len), *first = at ? at + 1 : start + 3;
	size_t left = (size_t)(start + 3 + len - first),
	       end = *first == '[' ? strcspn(first, "]") + 1 : strcspn(first, ":");
	AUTO_FREE char *host = mem_ndup(first, end < left ? end : left);
	const char *proxy = find_either(p, https, "Proxy", host);
	if (!proxy && is_this_machine(host))
		return "";
	if (!proxy)
		proxy = detect(p, https, host, url);
	if (!proxy)
		proxy = find_either(p, https, "Proxy", NULL);
	return proxy && !strcmp(proxy, "DIRECT") ? "" : proxy;
}

void proxy_done(struct proxies *p)
{
	free(p->rows.items);
	arena_done(&p->arena);
	*p = (struct proxies){ 0 };
}
