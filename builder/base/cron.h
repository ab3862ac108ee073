/* SPDX-License-Identifier: MIT */
/* When a schedule is due: the five fields of crontab(5), in UTC. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Each member is a bit set of numbers; bit 0 stands for 0. */
struct cron {
	uint64_t minutes, hours, days, months, weekdays;
	bool any_day, any_weekday; /* "*": only the other field decides; with neither set, either may match */
};

/* Parses "30 3 * * 1-5": numbers, lists, ranges and steps; or hourly, daily, weekly, monthly. Returns NULL,
 * or what is wrong with the text. */
const char *cron_parse(const char *text, struct cron *ret);
/* The first full minute after that time that matches; both in seconds since 1970. -1 if none follows within
 * eight years (30 2 30 2 *). */
int64_t cron_next(const struct cron *c, int64_t after_seconds);
