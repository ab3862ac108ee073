/* SPDX-License-Identifier: MIT */
#include "image/gzip.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "t.h"

static struct err *keep(void *arg, const void *bytes, size_t len)
{
	text_add(arg, bytes, len);
	return NULL;
}

static struct err *refuse(void *arg, const void *bytes, size_t len)
{
	(void)arg, (void)bytes, (void)len;
	return err_new(ERR_SYSTEM, "the disk is full");
}

/* Half noise, half repetition, so that members differ in size. */
static char *sample(size_t len)
{
	char *bytes = mem_new(len);
	uint32_t seed = 1;

	for (size_t i = 0; i < len; i++) {
		seed = seed * 1664525 + 1013904223;
		bytes[i] = (char)(i / 300000 % 2 ? seed >> 24 : i % 251);
	}
	return bytes;
}

static struct digest compress_with(unsigned threads, const char *plain, size_t len, struct text *out)
{
	struct digest d = { 0 };
	uint64_t total = 0;
	struct gzip *g;
	struct err *e = gzip_start(threads, keep, out, &g);

	for (size_t at = 0, step = 1; !e && at < len; at += step, step = 2 * step + 1) {
		step = step < len - at ? step : len - at;
		e = gzip_feed(g, plain + at, step);
	}
	e = e ? e : gzip_finish(g, &d, &total);
	ok(!e);
	ok(total == len);
	return d;
}

static size_t unpack(const struct text *in, char *plain, size_t room, size_t *ret_members)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	size_t at = 0, len = 0, used, got;

	for (*ret_members = 0; at < in->len; ++*ret_members, at += used, len += got)
		if (libdeflate_gzip_decompress_ex(d, in->bytes + at, in->len - at, plain + len, room - len,
						  &used, &got))
			break;
	libdeflate_free_decompressor(d);
	return at == in->len ? len : 0;
}

static void round_trip(void)
{
	size_t len = 7 * GZIP_CHUNK / 2, members;
	AUTO_FREE char *plain = sample(len), *back = mem_new(len);
	AUTO_TEXT struct text one = { 0 }, two = { 0 }, five = { 0 };
	struct digest d = compress_with(1, plain, len, &one), want = digest_of(plain, len);

	compress_with(2, plain, len, &two);
	compress_with(5, plain, len, &five);
	ok(digest_equal(&d, &want));
	ok(one.len == two.len && !memcmp(one.bytes, two.bytes, one.len));
	ok(one.len == five.len && !memcmp(one.bytes, five.bytes, one.len));
	ok(unpack(&one, back, len, &members) == len);
	ok(members == 4);
	ok(!memcmp(back, plain, len));
}

static void empty(void)
{
	AUTO_TEXT struct text out = { 0 };
	size_t members;
	char none;

	compress_with(2, "", 0, &out);
	ok(unpack(&out, &none, 0, &members) == 0);
	ok(members == 1);
}

static void failing_sink(void)
{
	size_t len = 12 * GZIP_CHUNK;
	AUTO_FREE char *plain = sample(len);
	struct gzip *g;
	struct err *e = gzip_start(2, refuse, NULL, &g);

	e = e ? e : gzip_feed(g, plain, len);
	ok(e != NULL);
	AUTO_FREE char *text = err_text(e);
	is(text, "the disk is full");
	err_free(e);
	gzip_drop(g);
}

int main(void)
{
	round_trip();
	empty();
	failing_sink();
	return t_done();
}
