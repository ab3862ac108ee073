/* SPDX-License-Identifier: MIT */
/* How QEMU reads a value within an option: a comma in it is written twice. */
#pragma once

char *qemu_option(const char *head, const char *value); /* the caller's to free */
