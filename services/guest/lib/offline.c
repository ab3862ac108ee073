/* SPDX-License-Identifier: MIT */
/* What a static binary must never reach: name services and shared objects of the
 * image's own C library, which is another one than ours. The libraries we link refer to
 * them on paths that we do not take (plugins, TCP by name, the user's name); the linker
 * is told to send those references here (--wrap), where they fail. */
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
