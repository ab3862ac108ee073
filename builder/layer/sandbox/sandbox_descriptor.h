/* SPDX-License-Identifier: MIT */
/* One descriptor over a Unix socket to another process of the room (unix(7)). */
#pragma once

/* 0, or -1 and errno. */
int sandbox_descriptor_pass(int over, int fd);
/* -1: there came none. */
int sandbox_descriptor_take(int over);
