/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * crc.h - CRC-32C (Castagnoli; RFC 3720, appendix B.4): crc.c by isa-l,
 * crc_plain.c, in static tools, without it.
 */
#ifndef CRC_H
#define CRC_H

#include <stddef.h>
#include <stdint.h>

#define CRC_START 0u

/*
 * crc_add(crc, bytes, size): the CRC of what crc is the CRC of, followed by
 * size bytes; CRC_START is that of nothing.  Any thread.
 */
uint32_t crc_add(uint32_t crc, const uint8_t *bytes, size_t size);

#endif
