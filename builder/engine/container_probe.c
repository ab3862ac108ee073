/* SPDX-License-Identifier: MIT */
#include "engine/container_probe.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "base/mem.h"
#include "base/text.h"
#include "image/tar.h"

#define PROGRAM "true"
#define LOADED_AT 0x400000

/* exit(0) */
#if defined(__x86_64__)
#define MACHINE EM_X86_64
static const unsigned char code[] = { 0x31, 0xff, 0xb8, 0x3c, 0x00, 0x00, 0x00, 0x0f, 0x05 };
#elif defined(__aarch64__)
#define MACHINE EM_AARCH64
static const unsigned char code[] = {
	0x00, 0x00, 0x80, 0xd2, 0xa8, 0x0b, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4
};
#else
#define MACHINE EM_NONE
static const unsigned char code[] = { 0 };
#endif

/* A static program without sections: its only segment is the whole file. */
struct program {
	Elf64_Ehdr head;
	Elf64_Phdr segment;
	unsigned char code[sizeof code];
};

/* A root file system with the program alone, as a tar. */
static void put_root(struct text *out)
{
	static const char zeros[TAR_END];
	struct program p = {
		.head = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
				       EV_CURRENT },
			  .e_type = ET_EXEC,
			  .e_machine = MACHINE,
			  .e_version = EV_CURRENT,
			  .e_entry = LOADED_AT + offsetof(struct program, code),
			  .e_phoff = offsetof(struct program, segment),
			  .e_ehsize = sizeof(Elf64_Ehdr),
			  .e_phentsize = sizeof(Elf64_Phdr),
			  .e_phnum = 1 },
		.segment = { .p_type = PT_LOAD,
			     .p_flags = PF_R | PF_X,
			     .p_vaddr = LOADED_AT,
			     .p_paddr = LOADED_AT,
			     .p_filesz = sizeof p,
			     .p_memsz = sizeof p,
			     .p_align = 0x1000 },
	};

	memcpy(p.code, code, sizeof code);
	tar_header(out, &(struct entry){
				.path = PROGRAM, .kind = ENTRY_FILE, .mode = 0755, .size_bytes = sizeof p });
	text_add(out, (const char *)&p, sizeof p);
	text_add(out, zeros, tar_padding(sizeof p));
	text_add(out, zeros, TAR_END);
}

/* The last word of what a command prints, the caller's to free; NULL: it failed. */
static char *answer(const char *const *argv, const struct text *input)
{
	AUTO_FREE char *output = NULL, *errors = NULL;
	int status;
	struct child c = { .argv = argv,
			   .input = input ? input->bytes : NULL,
			   .input_len = input ? input->len : 0 };
	struct err *e = child_run(&c, &output, &errors, &status);

	if (e || status) {
		err_free(e);
		return NULL;
	}
	output[strcspn(output, "\n")] = '\0';
	return TAKE(output);
}

static bool runs_something(const struct engine *e)
{
	const char *const argv[] = { e->program, "ps", "--quiet", NULL };
	AUTO_FREE char *id = answer(argv, NULL);

	return id && *id;
}

/* The image's id, the caller's to free; NULL: the engine does not take it. Without a name it cannot be
 * mistaken for another, and no registry is asked for it. */
static char *import(const struct engine *e)
{
	const char *const argv[] = { e->program, "import", "-", NULL };
	AUTO_TEXT struct text root = { 0 };

	put_root(&root);
	AUTO_FREE char *id = answer(argv, &root);
	return id && *id ? TAKE(id) : NULL;
}

static struct err *run(const struct engine *e, const char *id)
{
	const char *const argv[] = { e->program, "run", "--rm", "--pull=never", id, "/" PROGRAM, NULL };
	AUTO_FREE char *said = NULL;
	int status;

	TRY(child_run(&(struct child){ .argv = argv }, &said, NULL, &status));
	for (char *c = said; status && (c = strchr(c, '\n'));)
		*c = c[1] ? ' ' : '\0';
	return status ? err_new(ERR_SYSTEM, "%s cannot start a container: %s", e->name, said) : NULL;
}

struct err *container_probe(const struct engine *e)
{
	AUTO_FREE char *id = MACHINE == EM_NONE || runs_something(e) ? NULL : import(e);
	const char *const remove[] = { e->program, "rmi", "--force", id, NULL };

	if (!id)
		return NULL;
	struct err *failed = run(e, id);
	free(answer(remove, NULL));
	return failed;
}
