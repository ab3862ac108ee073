/* SPDX-License-Identifier: MIT */
/* Stubs for functions that a static binary must never reach: name services and shared objects of the image's
 * C library, which differs from ours. The libraries that we link call them on paths that we never take
 * (plugins, TCP by name, the user's name). The linker redirects those calls here (--wrap), and here they
 * fail. */
#include <netdb.h>
#include <pwd.h>
#include <stddef.h>

void *__wrap_dlopen(const char *file, int mode);
int __wrap_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
		       struct addrinfo **ret);
struct hostent *__wrap_gethostbyname(const char *name);
struct passwd *__wrap_getpwuid(uid_t uid);
struct servent *__wrap_getservbyname(const char *name, const char *protocol);

void *__wrap_dlopen(const char *file, int mode)
{
	(void)file, (void)mode;
	return NULL;
}

int __wrap_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
		       struct addrinfo **ret)
{
	(void)node, (void)service, (void)hints, (void)ret;
	return EAI_FAIL;
}

struct hostent *__wrap_gethostbyname(const char *name)
{
	(void)name;
	return NULL;
}

struct passwd *__wrap_getpwuid(uid_t uid)
{
	(void)uid;
	return NULL;
}

struct servent *__wrap_getservbyname(const char *name, const char *protocol)
{
	(void)name, (void)protocol;
	return NULL;
}
