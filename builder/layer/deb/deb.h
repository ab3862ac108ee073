/* SPDX-License-Identifier: MIT */
/* Reads a .deb (deb(5)): an ar archive of debian-binary, control.tar* and data.tar*. Its bytes are untrusted:
 * every name and size is checked before it is passed on. */
#pragma once
#include "base/err.h"
#include "tree/tree.h"

#define DEB_MEMBER_LIMIT (16u << 20)	    /* bytes of one control member */
#define DEB_ENTRY_LIMIT 1000000u	    /* entries of one package */
#define DEB_INDEX_LIMIT (256u << 20)	    /* bytes of all names and control members */
#define DEB_DATA_LIMIT (UINT64_C(16) << 30) /* bytes of all its files */

/* Receives a package while it is read: control members first, then each entry of data.tar, with paths without
 * leading "./". After a file's entry come its bytes in pieces, size_bytes in all. An error of a callback ends
 * the reading. */
struct deb_sink {
	void *arg;
	struct err *(*member)(void *arg, const char *name, uint32_t mode, const char *bytes, size_t len);
	struct err *(*entry)(void *arg, const struct entry *e);
	struct err *(*bytes)(void *arg, const void *bytes, size_t len);
};

/* ERR_BUILD if it is not a package or exceeds a limit. */
struct err *deb_read(int fd, const struct deb_sink *sink) MUST_CHECK;
