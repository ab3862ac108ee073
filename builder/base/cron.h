/* SPDX-License-Identifier: MIT */
/* When something is due: the five fields of crontab(5), in UTC. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* A set of numbers each, bit 0 for 0. */
struct cron {
	uint64_t minutes, hours, days, months, weekdays;
	bool any_day, any_weekday; /* "*": then the other one alone decides, else either does */
};

/* "30 3 * * 1-5": numbers, lists, ranges, steps; or hourly, daily, weekly, monthly.
 * NULL, or what is wrong with it. */
const char *cron_parse(const char *text, struct cron *ret);
/* The first full minute after that time, both in seconds since 1970; -1 when there is
 * none in eight years (30 2 30 2 *). */
int64_t cron_next(const struct cron *c, int64_t after_seconds);
