/* SPDX-License-Identifier: MIT */
/* Passes one descriptor over a Unix socket to another process of the sandbox (unix(7)). */
#pragma once

/* 0, or -1 and errno. */
int sandbox_descriptor_pass(int over, int fd);
/* -1: none arrived. */
int sandbox_descriptor_take(int over);
