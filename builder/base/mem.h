/* SPDX-License-Identifier: MIT */
/* Memory. Running out ends the program here and nowhere else. */
#pragma once
#include <stdarg.h>
#include <stddef.h>

void *mem_new(size_t size);			      /* zeroed */
void *mem_array(size_t count, size_t size);	      /* zeroed, product checked */
void *mem_resize(void *p, size_t count, size_t size); /* realloc, product checked */
char *mem_dup(const char *text);
char *mem_ndup(const char *bytes, size_t len); /* adds the final NUL */
char *mem_vprintf(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *mem_append(char *text, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

_Noreturn void mem_exhausted(void);

/* Scope-bound release; the initialiser is never optional. */
void mem_freep(void *pp);
#define AUTO_FREE __attribute__((cleanup(mem_freep)))

/* Hands over a pointer: the variable forgets it, the value is what it was. */
#define TAKE(var)                              \
	({                                     \
		__typeof__(var) take_ = (var); \
		(var) = NULL;                  \
		take_;                         \
	})

/* A growing array: declare `struct { T *items; size_t count, room; } v = { 0 };`
 * and append with VEC_PUSH. The owner frees v.items. */
#define VEC_PUSH(v, ...)                                                                    \
	do {                                                                                \
		if ((v)->count == (v)->room) {                                              \
			(v)->room = (v)->room ? 2 * (v)->room : 16;                         \
			(v)->items = mem_resize((v)->items, (v)->room, sizeof *(v)->items); \
		}                                                                           \
		(v)->items[(v)->count++] = (__VA_ARGS__);                                   \
	} while (0)

#define COUNT(a) (sizeof(a) / sizeof *(a))
