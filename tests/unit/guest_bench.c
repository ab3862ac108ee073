/* SPDX-License-Identifier: MIT */
#include "lib/bench.h"

#include "base/mem.h"
#include "t.h"

static const char small[] =
	"{'format':1,'name':'n','version':'1','build':'b','bench':{'path':'/b','user':'root'},'data':'/d',"
	"'framework':{'common_site_config':{},'site_config':{},'site_create':[{'name':'c','argv':['x','{app}'"
	"]}],'site_finish':[]},"
	"'mariadb':{'socket':'/s','data':'/d/m','user':'root','install':['i'],'memory_file':'/m'},'redis':[],"
	"'web':{},'socketio':{},'nginx':{'sites_file':'/n'},'supervisor':{'socket':'/v','configuration':'/"
	"c'},"
	"'programs':[{'name':'nginx','role':'nginx','phase':'first'},{'name':'w','group':'g','role':'worker',"
	"'stop_order':7,'stop_seconds':3}],"
	"'folders':[{'path':'/d/sites','user':'root','mode':'0750'}],'links':[],"
	"'sites':[{'name':'one.test','hosts':['h'],'apps':['a'],'time_zone':null}]}";

/* The text with its quotes made double and one part replaced. */
static char *variant(const char *part, const char *with)
{
	AUTO_FREE char *copy = mem_dup(small);
	char *at = part ? strstr(copy, part) : NULL;
	char *text =
		at ? mem_printf("%.*s%s%s", (int)(at - copy), copy, with, at + strlen(part)) : mem_dup(copy);

	for (char *c = text; *c; c++)
		if (*c == '\'')
			*c = '"';
	return text;
}

static void refused(const char *part, const char *with, const char *why)
{
	AUTO_FREE char *text = variant(part, with);
	AUTO_BENCH struct bench b = { 0 };
	struct err *e = bench_parse(text, strlen(text), &b);
	AUTO_FREE char *got = e ? err_text(e) : mem_dup("accepted");

	ok(e && err_kind(e) == ERR_RECIPE && strstr(got, why));
	printf("# %s\n", got);
	err_free(e);
}

/* Names that sites could once be given keep being served: there is data under them. */
static void accepted(const char *part, const char *with)
{
	AUTO_FREE char *text = variant(part, with);
	AUTO_BENCH struct bench b = { 0 };
	struct err *e = bench_parse(text, strlen(text), &b);

	printf("# %s\n", with);
	ok(!e && b.sites.count == 1);
	err_free(e);
}

static const char *const former[] = { "'localhost'", "'all'", "'locale'", "'a-'", "'a.'", "'10'", "'a.-b'" };
static const char *const unsafe[] = { "''",   "'.'",   "'../x'", "'a..b'", "'a/b'", "'-a'",
				      "'.a'", "'a b'", "'a;b'",	 "'A'",	   "'a\\n'" };

int main(void)
{
	AUTO_FREE char *text = variant(NULL, NULL);
	AUTO_BENCH struct bench b = { 0 };
	struct err *e = bench_parse(text, strlen(text), &b);

	ok(!e);
	ok(b.programs.count == 2 && b.programs.items[0].role == ROLE_NGINX &&
	   b.programs.items[0].phase == PHASE_FIRST);
	is(b.programs.items[0].group, "nginx");
	ok(b.programs.items[1].role == ROLE_WORKER && b.programs.items[1].phase == PHASE_BENCH &&
	   b.programs.items[1].stop_order == 7);
	ok(b.folders.items[0].mode == 0750 && b.create.items[0].seconds == 3600 &&
	   !strcmp(b.create.items[0].argv[1], "{app}"));
	ok(bench_site(&b, "one.test") && !bench_site(&b, "h"));
	is(b.sites.items[0].time_zone, "UTC");
	is(b.site_folders[0], "public/files");
	refused("'format':1", "'format':2", "another format");
	refused("'name':'n',", "", "'name' must be a string");
	refused("'argv':['x','{app}']", "'argv':'x'", "'argv' must be a list of strings");
	refused("'argv':['x','{app}']", "'argv':[1]", "'argv' must be a list of strings");
	refused("'phase':'first'", "'phase':'later'", "'phase' must be one of");
	refused("'stop_order':7", "'stop_order':-7", "'stop_order' must be a whole number");
	for (size_t i = 0; i < COUNT(unsafe); i++)
		refused("'one.test'", unsafe[i], "cannot be a site's name");
	for (size_t i = 0; i < COUNT(former); i++)
		accepted("'one.test'", former[i]);
	refused("'mode':'0750'", "'mode':750", "'mode' must be a string");
	refused("{'format'", "{'data':'/x','format'", "duplicate");
	refused("'links'", "", "bench.json:");
	err_free(e);
	return t_done();
}
