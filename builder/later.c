/* SPDX-License-Identifier: MIT */
/* A shared object for LD_PRELOAD that shifts a program's date LATER days ahead. `mkbench verify
 * --reproducible` uses it in the sandboxes of its second build, to find what depends on the day of the build.
 *
 * Clocks that only count are unchanged. A program that waits until a date waits until the true one, so it
 * waits as long as it meant to. Times set by the kernel, above all those of files, are the true ones, and so
 * is the date of a statically linked program. */
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#define LATER ((time_t)400 * 86400)

#define SHOWN __attribute__((visibility("default")))

/* Asks the kernel: the library's function of that name is this one. */
static int clock_now(clockid_t clock, struct timespec *ret)
{
	return (int)syscall(SYS_clock_gettime, clock, ret);
}

SHOWN int clock_gettime(clockid_t clock, struct timespec *ret)
{
	int failed = clock_now(clock, ret);

	if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI))
		ret->tv_sec += LATER;
	return failed;
}

SHOWN time_t time(time_t *ret)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_REALTIME, &now);
	if (ret)
		*ret = now.tv_sec;
	return now.tv_sec;
}

SHOWN int gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
	struct timespec now = { 0 };
	int failed = clock_gettime(CLOCK_REALTIME, &now);

	if (zone)
		*(struct timezone *)zone = (struct timezone){ 0 };
	*ret = (struct timeval){ now.tv_sec, now.tv_nsec / 1000 };
	return failed;
}

SHOWN int timespec_get(struct timespec *ret, int base)
{
	return base == TIME_UTC && !clock_gettime(CLOCK_REALTIME, ret) ? base : 0;
}

/* For a time computed from our shifted date: the true time. A time of a clock that only counts stays as it
 * is; it is much smaller. */
static struct timespec true_time(const struct timespec *at)
{
	struct timespec now = { 0 }, ret = *at;

	clock_now(CLOCK_REALTIME, &now);
	if (at->tv_sec > now.tv_sec + LATER / 2)
		ret.tv_sec -= LATER;
	return ret;
}

static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

SHOWN int pthread_cond_timedwait(pthread_cond_t *restrict c, pthread_mutex_t *restrict m,
				 const struct timespec *restrict at)
{
	struct timespec end = true_time(at);
	int (*real)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *) = next(__func__);

	return real(c, m, &end);
}

SHOWN int cnd_timedwait(cnd_t *restrict c, mtx_t *restrict m, const struct timespec *restrict at)
{
	struct timespec end = true_time(at);
	int (*real)(cnd_t *, mtx_t *, const struct timespec *) = next(__func__);

	return real(c, m, &end);
}

#define WAITS(name, type)                                                       \
	SHOWN int name(type *restrict what, const struct timespec *restrict at) \
	{                                                                       \
		struct timespec end = true_time(at);                            \
		int (*real)(type *, const struct timespec *) = next(__func__);  \
		return real(what, &end);                                        \
	}

WAITS(pthread_mutex_timedlock, pthread_mutex_t)
WAITS(pthread_rwlock_timedrdlock, pthread_rwlock_t)
WAITS(pthread_rwlock_timedwrlock, pthread_rwlock_t)
WAITS(sem_timedwait, sem_t)
WAITS(mtx_timedlock, mtx_t)

SHOWN int clock_nanosleep(clockid_t clock, int flags, const struct timespec *at, struct timespec *left)
{
	struct timespec end = flags & TIMER_ABSTIME ? true_time(at) : *at;
	int (*real)(clockid_t, int, const struct timespec *, struct timespec *) = next(__func__);

	return real(clock, flags, &end, left);
}
