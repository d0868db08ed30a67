/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * contracts.h - what analyzers cannot know, as they see one file at a time:
 * the functions that always return -1.  make analyze puts it before each file.
 */
#ifndef CONTRACTS_H
#define CONTRACTS_H

#include "fault.h"

#define fault_set(...)		(fault_set(__VA_ARGS__), -1)
#define fault_hint(...)		(fault_hint(__VA_ARGS__), -1)
#define fault_within(...)	(fault_within(__VA_ARGS__), -1)

#endif
