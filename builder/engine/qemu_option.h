/* SPDX-License-Identifier: MIT */
/* Quotes a value within a QEMU option: a comma in it is doubled. */
#pragma once

char *qemu_option(const char *head, const char *value); /* the caller's to free */
