/* SPDX-License-Identifier: MIT */
/* mkbench push: pushes images to a registry, with attached documents and a signature. */
#include "cmd/cmd.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/event_line.h"
#include "cmd/option.h"
#include "cmd/push_report.h"
#include "cmd/sign_key.h"
#include "registry/push.h"
#include "registry/signature_tag.h"
#include "signature/image_signature.h"

enum { USER = OPTION_OWN, PASSWORD_FILE, PLAIN_HTTP, SIGN_KEY, SIGN_PASSWORD_FILE };

struct wishes {
	const char *words[2]; /* the first IMAGE, and the next word */
	char *const *images;  /* image_count of them */
	size_t image_count;
	const char *target; /* REGISTRY/NAME[:TAG] */
	const char *user, *password_file, *sign_key, *sign_password_file;
	bool plain_http;
	enum progress_style style;
};

static struct err *take(void *wishes, int option, const char *value)
{
	struct wishes *w = wishes;

	switch (option) {
	case USER: w->user = value; return NULL;
	case PASSWORD_FILE: w->password_file = value; return NULL;
	case SIGN_KEY: w->sign_key = value; return NULL;
	case SIGN_PASSWORD_FILE: w->sign_password_file = value; return NULL;
	case PLAIN_HTTP: w->plain_http = true; return NULL;
	case OPTION_PROGRESS: return option_style(value, &w->style);
	default: return err_new(ERR_USAGE, "an option that nobody takes");
	}
}

static void report(const struct wishes *w, const struct push *p, const struct push_result *result)
{
	json_t *all = push_report(p, result);

	if (w->style == PROGRESS_JSON) {
		event_line_result(all);
		return;
	}
	AUTO_FREE char *text = push_report_line(all);
	json_decref(all);
	if (w->style != PROGRESS_QUIET)
		puts(text);
}

static struct err *log_in(const struct wishes *w, const struct reference *where, struct credentials *ret)
{
	if (!w->user != !w->password_file)
		return err_new(ERR_USAGE, "--user and --password-file go together");
	return w->user ? credentials_given(w->user, w->password_file, ret) :
			 credentials_find(where->host, where->name, ret);
}

struct signing {
	struct key key;
	struct store *store;
	const struct reference *where;
};

static struct err *sign(void *arg, struct registry *r, const struct digest *manifest)
{
	const struct signing *s = arg;
	AUTO_FREE char *repository = mem_printf("%s/%s", s->where->host, s->where->name),
		       *payload = image_signature_payload(repository, manifest);
	AUTO_FREE char *signature = NULL, *folder = NULL;

	TRY(image_signature(&s->key, payload, &signature));
	TRY(store_work_folder(s->store, "signature", &folder));
	return signature_tag_push(r, folder, manifest, payload, signature);
}

/* Done before anything is sent. */
static struct err *open_signing(const struct wishes *w, struct push *p, struct signing *s)
{
	if (!w->sign_key && w->sign_password_file)
		return err_new(ERR_USAGE, "--sign-password-file goes with --sign-key");
	if (!w->sign_key)
		return NULL;
	if (!p->store)
		TRY(store_open(NULL, &p->store)); /* reports its own errors */
	TRY(sign_key_open(w->sign_key, w->sign_password_file, "--sign-password-file", &s->key));
	s->store = p->store;
	s->where = p->where;
	p->sign = sign;
	p->arg = s;
	return NULL;
}

static struct err *push(const struct wishes *w, struct push *p, struct signing *s, struct reference *where,
			struct credentials *login, struct layout *layouts, struct manifest_set *set)
{
	struct push_result result;

	TRY(reference_parse(w->target, "latest", where)); /* before any image is read */
	TRY(open_signing(w, p, s));
	TRY(log_in(w, where, login));
	for (size_t i = 0; i < w->image_count; i++)
		TRY(layout_open(w->images[i], &layouts[i]));
	TRY(manifest_set_read(layouts, w->image_count, set));
	if (set->tag) {
		reference_done(where);
		TRY(reference_parse(w->target, set->tag, where));
	}
	p->progress = progress_new(w->style);
	TRY(push_image(p, &result));
	report(w, p, &result);
	return NULL;
}

static struct err *run(int argc, char **argv)
{
	struct wishes w = { 0 };
	AUTO_MANIFEST_SET struct manifest_set set = { 0 };
	AUTO_REFERENCE struct reference where = { 0 };
	struct credentials login = { 0 };
	struct signing s = { 0 };

	TRY(option_read(&cmd_push, argc, argv, take, &w, w.words));
	w.images = option_words(argc, argv);
	while (w.images[w.image_count + 1])
		w.image_count++;
	w.target = w.images[w.image_count];
	AUTO_FREE struct layout *layouts = mem_new(w.image_count * sizeof *layouts);
	for (size_t i = 0; i < w.image_count; i++)
		layouts[i].fd = -1;
	struct push p = { .set = &set, .where = &where, .login = &login, .plain_http = w.plain_http };
	cmd_store_open(&p.store);
	struct err *e = push(&w, &p, &s, &where, &login, layouts, &set);
	key_done(&s.key);
	progress_free(p.progress);
	credentials_done(&login);
	for (size_t i = 0; i < w.image_count; i++)
		layout_close(&layouts[i]);
	store_close(p.store);
	return e;
}

static const struct option_row options[] = {
	{ "user", USER, "NAME", NULL, "log in by this name, with --password-file" },
	{ "password-file", PASSWORD_FILE, "FILE", NULL,
	  "the password or token is this file's first line; - is standard input" },
	{ "sign-key", SIGN_KEY, "FILE", NULL,
	  "sign the image in its repository by this secret key of minisign's form, which 'mkbench sign' "
	  "makes" },
	{ "sign-password-file", SIGN_PASSWORD_FILE, "FILE", NULL,
	  "that key's password is this file's first line; without it the terminal is asked" },
	{ "plain-http", PLAIN_HTTP, NULL, NULL,
	  "use http without TLS for any host (for this machine http is always tried)" },
	OPTION_PROGRESS_ROW,
	{ 0 },
};

const struct cmd cmd_push = {
	.name = "push",
	.operand = "IMAGE... REGISTRY/NAME[:TAG]",
	.summary = "push an image into a registry, with what is attached to it",
	.text = "IMAGE is an OCI image layout (a NAME-TAG.oci folder, or one in a .tar), of one platform or "
		"several, or a docker archive; IMAGE:TAG is "
		"one of several in it. Several IMAGEs, each for a platform of its own, become one name: an "
		"image index, from which each machine pulls its platform. Without TAG it keeps its own tag, "
		"or latest. Only what the registry lacks is sent; blobs that this machine pushed to another "
		"repository of the registry are mounted from there. An upload that breaks continues where it "
		"stopped; a busy registry is asked again, five times.\n\n"
		"The login is the one that docker or podman keeps ('docker login HOST'), credential helpers "
		"included, or --user with --password-file. "
		"It is never printed.\n\n"
		"With --sign-key a signature lies beside the image, at the tag sha256-DIGEST.sig, as cosign "
		"does for signatures by a key. cosign, without its "
		"transparency log, and the policy sigstoreSigned of podman and CRI-O check it by the public "
		"key as PEM ('mkbench help sign'). No service "
		"is asked and nothing is published elsewhere. Signatures by other keys stay.\n\n"
		"What was pushed is printed as HOST/NAME:TAG@DIGEST; with --progress=json as one line of "
		"JSON. Exit status 4: the registry refused or could not be reached; one line says why. 5: "
		"the image is damaged.",
	.options = options,
	.run = run,
};
