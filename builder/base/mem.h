/* SPDX-License-Identifier: MIT */
/* Memory allocation. Only here does the program end when memory runs out. */
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

/* Releases a pointer at the end of its scope. The variable must always be initialised. */
void mem_freep(void *pp);
#define AUTO_FREE __attribute__((cleanup(mem_freep)))

/* Moves a pointer out of a variable: yields its value and sets the variable to NULL. */
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
