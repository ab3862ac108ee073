/* SPDX-License-Identifier: MIT */
#include "base/progress_line.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define NAME_COLUMNS 14
#define AMOUNT_COLUMNS 16
#define RATE_COLUMNS 12
#define LEFT_COLUMNS 12
#define TIME_COLUMNS 8
#define SUMMARY_COLUMNS_MAX 46
#define ITEM_COLUMNS_MIN 8
#define BAR_COLUMNS_MAX 28
#define BAR_COLUMNS_MIN 8

#define PLAIN ""
#define BOLD "1"
#define FAINT "2"
#define RED "31"
#define GREEN "32"
#define CYAN "36"

struct line {
	struct text *out;
	const struct progress_look *look;
	unsigned used; /* columns */
};

static unsigned columns(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

/* Adds as much as fits; the last column stays free, because some terminals wrap there. */
static void put(struct line *l, const char *colour, const char *text)
{
	unsigned room = l->look->width > l->used + 1 ? l->look->width - l->used - 1 : 0;
	const char *end = text;

	for (unsigned n = 0; *end; end++)
		if ((*end & 0xc0) != 0x80 && n++ == room)
			break;
	if (end == text)
		return;
	AUTO_FREE char *fits = mem_ndup(text, (size_t)(end - text));
	if (l->look->colour && *colour)
		text_printf(l->out, "\033[%sm%s\033[0m", colour, fits);
	else
		text_put(l->out, fits);
	l->used += columns(fits);
}

static void gap(struct line *l, unsigned n)
{
	while (n--)
		put(l, PLAIN, " ");
}

static void put_left(struct line *l, const char *colour, const char *text, unsigned width)
{
	unsigned n = columns(text);

	put(l, colour, text);
	gap(l, n < width ? width - n : 1);
}

static void put_right(struct line *l, const char *colour, const char *text, unsigned width)
{
	unsigned n = columns(text);

	gap(l, n < width ? width - n : 1);
	put(l, colour, text);
}

static bool is_bytes(const struct progress_state *s)
{
	return s->unit && !strcmp(s->unit, "bytes");
}

static void put_clock(struct text *out, double seconds)
{
	unsigned long whole = (unsigned long)(seconds < 359999 ? seconds + 0.5 : 359999);

	if (whole < 3600)
		text_printf(out, "%lu:%02lu", whole / 60, whole % 60);
	else
		text_printf(out, "%lu:%02lu:%02lu", whole / 3600, whole / 60 % 60, whole % 60);
}

void progress_line_time(struct text *out, double seconds)
{
	if (seconds < 59.95)
		text_printf(out, "%.1f s", seconds);
	else
		put_clock(out, seconds);
}

/* Both in the unit of the total, so that the text does not jump. */
static void amount_of_bytes(struct text *out, const struct progress_state *s)
{
	double unit = 1;
	char size[16];

	while ((double)s->total >= 999.5 * unit)
		unit *= 1000;
	if (s->total)
		text_printf(out, "%.*f / ", unit > 1, (double)s->done / unit);
	text_put(out, text_size((double)(s->total ? s->total : s->done), size));
}

/* A count in the stage's units, which are plural: a count of one drops the s. */
static void count_of(struct text *out, const struct progress_state *s, uint64_t n)
{
	const char *unit = s->unit ? s->unit : "";

	text_printf(out, "%ju %.*s", (uintmax_t)n, (int)(strlen(unit) - (n == 1 && text_ends(unit, "s"))),
		    unit);
}

void progress_line_amount(struct text *out, const struct progress_state *s)
{
	if (!s->total && !s->done)
		return;
	if (is_bytes(s))
		amount_of_bytes(out, s);
	else if (s->total)
		text_printf(out, "%*ju / ", snprintf(NULL, 0, "%ju", (uintmax_t)s->total),
			    (uintmax_t)s->done);
	if (!is_bytes(s))
		count_of(out, s, s->total ? s->total : s->done);
}

static void put_bar(struct line *l, const struct progress_state *s)
{
	unsigned width = l->look->width > 60 ? l->look->width - 60 : 0;
	AUTO_TEXT struct text full = { 0 }, rest = { 0 };

	width = width > BAR_COLUMNS_MAX ? BAR_COLUMNS_MAX : width;
	if (width < BAR_COLUMNS_MIN)
		return;
	double share = s->done >= s->total ? 1 : (double)s->done / (double)s->total;
	unsigned halves = (unsigned)(share * 2 * width), n = 0;
	for (; n < halves / 2; n++)
		text_put(&full, l->look->utf8 ? "━" : "=");
	if (halves % 2 && ++n)
		text_put(&full, l->look->utf8 ? "╸" : "-");
	for (; n < width; n++)
		text_put(&rest, !l->look->utf8 ? " " : l->look->colour ? "━" : "─");
	put(l, CYAN, full.len ? full.bytes : "");
	put(l, FAINT, rest.len ? rest.bytes : "");
	gap(l, 2);
}

static void put_rate(struct line *l, const struct progress_state *s)
{
	AUTO_TEXT struct text rate = { 0 }, left = { 0 };
	char size[16];

	if (s->rate > 0)
		text_printf(&rate, "%s/s", text_size(s->rate, size));
	put_right(l, FAINT, rate.len ? rate.bytes : "", RATE_COLUMNS);
	if (!s->total)
		return;
	if (s->rate > 0 && s->total > s->done) {
		put_clock(&left, (double)(s->total - s->done) / s->rate);
		text_put(&left, " left");
	}
	put_right(l, PLAIN, left.len ? left.bytes : "", LEFT_COLUMNS);
}

static void put_spinner(struct line *l, double seconds)
{
	static const char *const dots[] = { "⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏" };
	static const char *const bars[] = { "|", "/", "-", "\\" };
	size_t turn = (size_t)(seconds * 8);

	put_left(l, CYAN, l->look->utf8 ? dots[turn % COUNT(dots)] : bars[turn % COUNT(bars)], 2);
}

void progress_line_running(struct text *out, const struct progress_state *s, const struct progress_look *look)
{
	struct line l = { .out = out, .look = look };
	AUTO_TEXT struct text amount = { 0 }, time = { 0 };

	put_spinner(&l, s->seconds);
	put_left(&l, BOLD, s->name, NAME_COLUMNS);
	progress_line_amount(&amount, s);
	if (s->total)
		put_bar(&l, s);
	if (is_bytes(s)) {
		put_right(&l, PLAIN, amount.len ? amount.bytes : "", s->total ? AMOUNT_COLUMNS : 8);
		put_rate(&l, s);
	} else if (amount.len) {
		put(&l, PLAIN, amount.bytes);
	} else {
		progress_line_time(&time, s->seconds);
		put(&l, FAINT, time.bytes);
	}
	if (s->item && *s->item && l.used + 2 + ITEM_COLUMNS_MIN < look->width) {
		gap(&l, 2);
		put(&l, FAINT, s->item);
	}
}

void progress_line_ended(struct text *out, const struct progress_state *s, const struct progress_look *look,
			 const char *summary, bool failed)
{
	static const char *const marks[2][2] = { { "+", "!" }, { "✓", "✗" } };
	struct line l = { .out = out, .look = look };
	AUTO_TEXT struct text time = { 0 };
	unsigned fixed = 2 + NAME_COLUMNS + TIME_COLUMNS + 1;
	unsigned room = look->width > fixed ? look->width - fixed : 1;

	progress_line_time(&time, s->seconds);
	put_left(&l, failed ? RED : GREEN, marks[look->utf8][failed], 2);
	put_left(&l, BOLD, s->name, NAME_COLUMNS);
	put_left(&l, PLAIN, summary, room < SUMMARY_COLUMNS_MAX ? room : SUMMARY_COLUMNS_MAX);
	put_right(&l, FAINT, time.bytes, TIME_COLUMNS);
}
