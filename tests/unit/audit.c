/* SPDX-License-Identifier: MIT */
#include "layer/audit.h"

#include "audit_look.h"
#include "layer/secret_values.h"

static void places(void)
{
	fails("etc/machine-id", "0123\n", "the identity of a machine");
	passes("etc/machine-id", "");
	fails("etc/ssh/ssh_host_rsa_key.pub", "x", "a host key");
	fails("var/lib/mysql/ibdata1", "x", "data of MariaDB");
	fails("var/log/dpkg.log", "x", "a log");
	passes("var/log/nginx/error.log", "");
	fails("home/frappe/.cache/pip/x", "x", "a cache");
	fails(APP "debug.log", "x", "a log");
	fails(APP "a/x.log.1", "x", "a log");
	passes(APP "a/catalog.py", "x");
	fails(APP ".aws/credentials", "x", "credentials");
	fails(APP "20260101-one-database.sql.gz", "x", "a backup of a site");
	fails(APP "backup.sql.gz", "x", "a dump of a database");
	fails(APP "old/prod_dump_2026.sql", "x", "a dump of a database");
	fails(APP "old/backup-erp.sql", "x", "a dump of a database");
	passes("usr/lib/mkbench/sites/dumps/0.sql", "x"); /* of the build's own, without a secret */
	passes(APP "a/schema.sql", "create table x (y int);");
}

static void keys(void)
{
	fails_in("home/frappe/a.pem", KEY("PRIVATE KEY"), 2, "a private key");
	fails_in("srv/id", KEY("OPENSSH PRIVATE KEY"), 2, "a private key");
	fails_in("srv/id2", "-----BEGIN CERTIFICATE-----\n" KEY("EC PRIVATE KEY"), 3, "a private key");
	fails_in(APP "a/key.py", "KEY = '-----BEGIN RSA PRIVATE KEY-----\\nMIIEpAIBAAKCAQEA'\n", 1,
		 "a private key");
	passes("etc/ssl/ca.pem", KEY("CERTIFICATE"));
	passes("srv/cut", "-----BEGIN PRIVATE KEY");
	passes(APP "a/pem.py", "if text.startswith('-----BEGIN PRIVATE KEY-----'):\n");
	passes(APP "node_modules/tls/test/key.pem", KEY("PRIVATE KEY"));
	passes("env/lib/python3.11/site-packages/x/key.pem", KEY("PRIVATE KEY"));
	fails_in(APP "a.pem", "-----BEGIN RSA PRIVATE KEY-----\r\nMIIE\r\n-----END RSA PRIVATE KEY-----\r\n",
		 1, "a private key");
	fails_in(APP "a.json", "{\"key\": \"-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADAN\\n\"}", 1,
		 "a private key");
	fails_in(APP "b.json", "{\"x\": \"{\\\"k\\\": \\\"-----BEGIN PRIVATE KEY-----\\\\nMIIEvQIB", 1,
		 "a private key");
	fails_in(APP "c.json", "{\"key\": \"-----BEGIN EC PRIVATE KEY-----\\r\\nMIIEvQIBADAN\"}", 1,
		 "a private key");
	fails_in(APP "a.yml", "key: |\n        -----BEGIN PRIVATE KEY-----\n        MIIEvQIB\n", 2,
		 "a private key");
	fails_in(APP "b.yml", "key: \"-----BEGIN PRIVATE KEY-----\\n\\\n  MIIEvQIB\"", 1, "a private key");
	fails_in(APP "key.asc", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOYBF\n", 1, "a private key");
	passes(APP "pub.asc", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENBF\n");
	fails_in(APP "key.ppk", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/5\n", 1, "a private key");
	fails_in(APP "dos.ppk", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\r\nComment: \"x\"\r\n", 1,
		 "a private key");
	/* how programs, and lists of kinds of files, know one */
	passes("usr/bin/keygen", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\0Comment: x");
	passes("usr/share/mime/x.xml",
	       "<match value=\"-----BEGIN PGP PRIVATE KEY BLOCK-----\" type=\"string\"/>");
	fails_in(APP "one-line", "-----BEGIN PRIVATE KEY----- MIIEvQIBADANBgkqhkiG\n", 1, "a private key");
	fails_in(APP "a/kube.yml",
		 "x:\n  client-key-data: "
		 "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFcEFJQkFBS0NBUUVBCg==\n",
		 2, "a private key");
	passes(APP "a/kube.yml",
	       "certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSURCVEND\n");
	fails(APP "keys/site.p12", "x", "a store of keys");
	fails_in("srv/putty", "PuTTY-User-Key-File-3: ssh-ed25519\n", 1, "a private key");
}

static void tokens(void)
{
	fails_in(APP "a/api.py", "import x\n\ntoken = 'ghp_" A36 "'\n", 3, "a GitHub token");
	fails_in("etc/profile.d/x.sh", "ghs_" A36, 1, "a GitHub token");
	passes(APP "a/api.py", "ghp_short ghp_"
			       "abcdefghijklmnopqrstuvwxyz012345678 xghp_" A36);
	fails_in(APP "a.bin", "\1\2\3AKIAIOSFODNN7EXAMPLE\4", 1, "an AWS access key");
	passes(APP "a.txt", "AKIAIOSFODNN7EXAMPLEandmore AKIAshort");
	fails_in(APP "a.txt", "glpat-abcdefghij0123456789", 1, "a GitLab token");
	fails_in(APP "a.txt", "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
		 1, "a Slack webhook");
	passes(APP "a.css", ".sk-proj- .key-0 SG.x hf_font AKIA");
}

/* As whoever hands them out makes them: letters as many as they have. */
static void formats(void)
{
#define B16 "0123456789abcdef"
#define B64 B16 B16 B16 B16
	static const char *const tokens[] = {
		"an AWS access key:ABIAIOSFODNN7EXAMPLE",
		"a Google token:ya29.a0AfB_by" A36 A36,
		"an OpenAI key:sk-admin-" A36 A36,
		"an OpenRouter key:sk-or-v1-" B64,
		"a Groq key:gsk_" A36 B16,
		"an Atlassian token:ATATT3xFfGF0" A36 A36 "=0A1B2C3D",
		"a Bitbucket password:ATBB" B16 B16,
		"a Brevo key:xkeysib-" B64 "-abcdef0123456789",
		"a RubyGems key:rubygems_" B16 B16 B16,
		"a Sentry token:sntryu_" B64,
		"a Grafana token:glsa_" B16 B16 "_01234567",
		"a Fly.io token:fm2_" A36 A36 A36 A36 A36 A36 A36 A36 A36 A36 A36 A36 A36 A36 A36 A36,
		"a Databricks token:dapi" B16 B16,
		"a Doppler token:dp.st.prd." A36 "wxyz",
		"a 1Password token:ops_eyJ" A36 A36 A36 A36 A36 A36 A36 A36 A36 A36 A36 A36 A36 A36 A36 A36,
		"a Postman key:PMAK-" B16 "01234567-" B16 B16 "01",
		"a payment key:live_" B16 B16,
		"an Azure access key:Endpoint=sb://x/;SharedAccessKey=" A36 "abcdefg=",
		"a Discord webhook:https://discord.com/api/webhooks/123456789012345678/" A36 A36,
		"a Telegram token:https://x/bot1234567890:AAE" B16 B16 "/getMe",
		"a JSON web token:eyJhbGciOiJIUzI1NiJ9." A36 "." A36,
		"a private key:untrusted comment: words\nRWRTY0Iy" A36 A36 A36 A36,
		"a private key:x\n(21:protected-private-key(3:ecc",
	};

	for (size_t i = 0; i < COUNT(tokens); i++) {
		const char *token = strchr(tokens[i], ':') + 1;
		AUTO_FREE char *kind = mem_ndup(tokens[i], (size_t)(token - 1 - tokens[i]));
		AUTO_FREE char *text = mem_printf("TOKEN = '%s'\n", token);
		fails_in(APP "a/x.py", text, strchr(token, '\n') ? 2 : 1, kind);
	}
	/* a whole key as kubeconfigs have it, longer than what is looked at of it */
	AUTO_FREE char *letters = mem_new(3000);
	memset(letters, 'M', 2999);
	AUTO_FREE char *kube = mem_printf("key: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRV%s\n", letters);
	fails_in(APP "a/x.txt", kube, 1, "a private key");
	/* what begins so and is something else */
	passes(APP "a.py",
	       "live_" B16 "_and_more live_reload dapi_client xai-grok 1//0 v1.0-beta sbp_x dp.st. "
	       "r8_unorm ntn_ gsk_ ATBB pul-request live_" B64 B16 " x:AAE" B16 B16 " 1:AAE" B16
	       " eyJhbGciOiJI");
	fails_in(APP "wg/wg0.conf", "[Interface]\nPrivateKey = " A36 "abcdefg=\n", 2, "a private key");
	passes(APP "a.conf", "PrivateKey = /etc/key\nPublicKey = " A36 "abcdefg=\n");
	fails_in(APP "x/20260101_120000-one-site_config_backup.json", "{\"db_password\": \"hunter\"}", 1,
		 "a password or key of a site");
	fails(APP "x/20260101_120000-one-database.sql", "x", "a backup of a site");
	fails(APP "x/20260101_120000-one-private-files.tar", "x", "a backup of a site");
	fails_in(APP "deploy/terraform.tfvars", "db_password = \"hunter\"", 1,
		 "a secret of an environment file");
	fails(APP "x/rclone.conf", "x", "credentials");
	fails(APP "http.keytab", "x", "a store of keys");
}

/* A name writes no line of ours, such as one of a file that is meant. */
static void names(void)
{
	struct tree t = { 0 };

	add(&t, APP "x\n  /y: fine", "ghp_" A36);
	ok(says(look(&t), ERR_BUILD, APP "x?  /y: fine:1: a GitHub token"));
	tree_done(&t);
}

/* A token across the border of two pieces is found, and its line. */
static void pieces(void)
{
	size_t before = (1 << 20) - 10;
	char *bytes = mem_new(before + 100);

	memset(bytes, '\n', before);
	strcpy(bytes + before, "ghp_" A36 " ");
	fails_in(APP "large", bytes, (unsigned)before + 1, "a GitHub token");
	mem_freep(&bytes);
}

static void values(void)
{
	fails_in(APP "x/site_config.json", "{\n \"db_name\": \"a\",\n \"db_password\": \"hunter\"\n}", 3,
		 "a password or key of a site");
	fails_in("srv/common_site_config.json", "{\"a\":1,\"encryption_key\":\"c2Vj=\"}", 1,
		 "a password or key of a site");
	passes(APP "x/site_config.json",
	       "{\"db_name\": \"a\", \"db_password\": \"\", \"admin_password\": \"{admin_password}\"}");
	fails_in(APP ".env", "A=1\nexport DB_PASSWORD=hunter\n", 2, "a secret of an environment file");
	fails_in(APP "deploy/prod.env", "SECRET_KEY='x1y2'", 1, "a secret of an environment file");
	fails_in(APP ".env.production", "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", 1,
		 "a secret of an environment file");
	passes(APP ".env.example", "DB_PASSWORD=hunter");
	passes(APP ".env", "DB_PASSWORD=\nTOKEN=$OTHER\nAPI_KEY=<yours>\nMIN_PASSWORD_LENGTH=8\nSECRET="
			   "changeme\nPASSWORD_FILE=/x");
	fails_in(APP "a/s3.py", "aws_secret_access_key = \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\"", 1,
		 "an AWS secret");
	passes(APP "a/s3.py", "connect(aws_secret_access_key=self.get_password(\"secret_access_key\"))");
	passes(APP "a/s3.py", "connect(aws_secret_access_key=settings.storage.secret_access_key)");
	/* what only looks so is a warning */
	passes(APP "a/settings.py", "SECRET_KEY = 'k3j4h5q2w9r8t7z6m1x0'");
}

/* Whether a line of a program makes a warning. */
static bool warns(const char *line)
{
	const struct audit_value *all = rules.values.items, *last = &all[rules.values.count - 1];
	struct secret_patterns found;

	return last->likely && secret_values_by_name(last, line, strlen(line), &found);
}

static void likely(void)
{
	ok(warns("SECRET_KEY = 'k3j4h5q2w9r8t7z6m1x0'"));
	ok(warns("secret_key: k3j4h5q2w9r8t7z6m1x0"));
	ok(warns("if password == \"k3j4[5q2w9r8t7z6m1x0\":"));
	ok(!warns("token = authorization_header[1]"));
	ok(!warns("if not admin_password == admin_password2:"));
	ok(!warns("rules({token:[\"constant.numeric2\",\"word\"]})"));
	ok(!warns("secret_key = hash(field_of_1, x)"));
}

static void urls(void)
{
	fails_in(APP ".git/config", "url = https://user:secret@git.example.org/a.git", 1,
		 "a URL with credentials");
	fails_in(APP ".git/config", "\nurl = https://token@git.example.org/a.git", 2,
		 "a URL with credentials");
	passes(APP ".git/config",
	       "url = https://git.example.org/a.git\nurl = ssh://git@git.example.org/a.git\nx = a@b");
	fails_in("home/frappe/.npmrc", "//registry.example.org/:_authToken=npm123", 1,
		 "a package manager's token");
	fails_in(APP ".npmrc", "a=b\n//registry.example.org/:_password=aGVsbG8=", 2,
		 "a package manager's token");
	passes(APP ".npmrc", "//registry.example.org/:_authToken=${NPM_TOKEN}\nalways-auth=true\n");
	fails_in(APP "x/docker/config.json",
		 "{\"auths\": {\"r.example.org\":\n {\"auth\": \"dXNlcjpodW50ZXIy\"}}}", 2,
		 "a login at a registry");
	fails(APP ".docker/config.json", "{}", "credentials");
	passes(APP "a/config.json", "{\"auth\": \"authentication\"}");
	fails_in(APP "deploy/kubeconfig.yml", "users:\n- user:\n    token: abcdef\n", 3,
		 "a login at a cluster");
	fails(APP ".netrc", "machine a", "credentials");
	fails(APP ".pypirc", "x", "credentials");
	fails(APP ".git/objects/pack/pack-1.pack", "PACK", "a repository's history");
	fails(APP "mirror/a.git/objects/12/34", "x", "a repository's history");
	passes(APP "a/objects/list.py", "x");
	passes(APP "doc/urls.md", "https://user:secret@example.org");
}

static void allowed(void)
{
	static const char bytes[] = KEY("PRIVATE KEY");
	struct digest d = digest_of(bytes, strlen(bytes));
	char hex[DIGEST_HEX];
	struct audit_allow row = { "/srv/test.pem", digest_hex(&d, hex) };

	recipe.allow = (struct list){ &row, 1 };
	passes("srv/test.pem", bytes);
	fails_in("srv/other.pem", bytes, 2, "a private key");
	fails_in("srv/test.pem", KEY("EC PRIVATE KEY"), 2, "a private key");
	recipe.allow.count = 0;
}

int main(void)
{
	AUTO_ARENA struct arena arena = { 0 };

	ok(fine(audit_rules_read(&arena, ".", &rules)));
	places();
	keys();
	tokens();
	formats();
	names();
	pieces();
	values();
	likely();
	urls();
	allowed();
	return t_done();
}
