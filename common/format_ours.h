/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * format_ours.h - the records and files that this project adds (xenrec.5).
 * Included by format.h.
 */
#ifndef FORMAT_OURS_H
#define FORMAT_OURS_H

/*
 * Every body of a record starts with
 *   0  2  version   1
 *   2  2  flags
 *   4  4  magic     "xRec"
 */
#define REC_COMPRESSED		UINT32_C(0x58520001)
#define REC_SEAL_HEADER		UINT32_C(0x58520002)
#define REC_SEAL_CHUNK		UINT32_C(0x58520003)
#define REC_PART_HEADER		UINT32_C(0x58520004)
#define REC_PART_CHUNK		UINT32_C(0x58520005)
#define REC_GUEST_CONFIG	UINT32_C(0xd8520011)
#define REC_CHECK		UINT32_C(0xd8520012)
#define REC_DIGEST		UINT32_C(0xd8520013)
#define REC_SIGNATURE		UINT32_C(0xd8520014)
#define REC_GUEST_STAYS		UINT32_C(0xd8520015)

#define OUR_HEADER_SIZE		8u
#define OUR_VERSION		1u
#define OUR_MAGIC		"xRec"
#define OUR_MAGIC_OFFSET	4u
#define OUR_FLAGS_OFFSET	2u

/*
 * COMPRESSED body, one record
 *   0  8  our header; flags bit 0: the payload is a zstd frame; bit 1: it is
 *         pages; neither: it is stored
 *   8  4  type      of the record inside
 *  12  4  length    of the body inside, without padding
 *  16  4  crc       CRC-32C of type, length and the body with its padding
 *  20  4  packed    pages: CRC-32C of type, length and the payload;
 *         otherwise the type again, ignored when read
 *  24  n  payload   the body inside with its padding, or pages, see below
 */
#define COMPRESSED_HEADER_SIZE	24u
#define COMPRESSED_ZSTD		1u
#define COMPRESSED_PAGES	2u
#define COMPRESSED_TYPE_OFFSET	8u
#define COMPRESSED_LENGTH_OFFSET 12u
#define COMPRESSED_CRC_OFFSET	16u
#define COMPRESSED_PACKED_CRC_OFFSET 20u
#define COMPRESSED_AGAIN_OFFSET	20u

/*
 * payload of pages; offsets are from its start.  A part is stored where its
 * length is its size, otherwise a zstd frame.
 *   0  8  first     number of the window's page that comes next
 *   8  4  added     pages that the record adds to the window
 *  12  4  window    in pages
 *  16  4  count     of pfns: bytes 0-3 of the PAGE_DATA body
 *  20  4  reserved  bytes 4-7 of it
 *  24  8  index     length, size unpacked
 *  32  8  packed    length, size of the packed pages
 *  40  8  changes   length, size
 *  48  n  index, packed pages, changes, stored pages
 */
#define PACKED_HEADER_SIZE	48u
#define PACKED_ADDED_OFFSET	8u
#define PACKED_WINDOW_OFFSET	12u
#define PACKED_COUNT_OFFSET	16u
#define PACKED_PARTS_OFFSET	24u	/* 8 bytes for each */
#define PACKED_COUNT_MAX	65536u	/* pfns of a record */
#define PACKED_PAGES_MAX	1024u	/* of them with data */
#define PACKED_INDEX_FACTOR	64u	/* times count: the largest index */
#define PACKED_GROUPS		4u	/* of packed pages */
#define PACKED_TAG_SHIFT	52u	/* the tag of a pfn's entry */
#define PACKED_TAG_MAX		0xfffu

#define CHANGES_MAP_SIZE	64u	/* a bit for each word of a page */
#define CHANGES_WORDS		512u	/* of 8 bytes */

/*
 * PART_HEADER body
 *   0  8  our header; flags bit 0: chunks go to all parts in turn; bit 1: a
 *         lane: they come in any order, and may come again
 *   8 16  set       a random number that all parts have
 *  24  4  number    of the part, from 0
 *  28  4  parts     that the set has; 0: not known when this was written
 *  32  8  first     number of the part's first chunk
 *  40  4  chunk     bytes of payload of a chunk that is neither the last nor
 *         at a checkpoint
 *  44  4  crc       CRC-32C of the bytes before it
 */
#define PART_IN_TURN		1u
#define PART_LANE		2u
#define PART_SET_OFFSET		8u
#define PART_SET_SIZE		16u
#define PART_NUMBER_OFFSET	24u
#define PART_COUNT_OFFSET	28u
#define PART_FIRST_OFFSET	32u
#define PART_CHUNK_OFFSET	40u
#define PART_CRC_OFFSET		44u
#define PART_HEADER_SIZE	48u
#define PART_CHUNK_MIN		4096u
#define PART_CHUNK_MAX		16777216u

/*
 * PART_CHUNK body
 *   0  8  our header; flags bit 0: the payload ends with it; bit 1: it ends
 *         with a checkpoint
 *   8  8  number    from 0, through all parts
 *  16  4  0
 *  20  4  crc       CRC-32C of the set, the 20 bytes before it, and the
 *         payload
 *  24  n  payload
 */
#define PART_LAST		1u
#define PART_CHECKPOINT		2u
#define PART_CHUNK_NUMBER_OFFSET 8u
#define PART_CHUNK_CRC_OFFSET	20u
#define PART_PAYLOAD_OFFSET	24u

/*
 * Reply, what comes back on a lane, 40 bytes
 *   0  8  magic
 *   8  2  version    1
 *  10  2  kind
 *  12  4  value      HELLO: chunks of the window; GIVEN_UP, DROPPED: status
 *  16  8  written    all chunks below this were written
 *  24  8  came       chunks that came on this lane
 *  32  4  0
 *  36  4  crc        CRC-32C of the set and the 36 bytes before it
 */
#define REPLY_SIZE		40u
#define REPLY_MAGIC		"xRecLane"
#define REPLY_MAGIC_SIZE	8u
#define REPLY_VERSION		1u
#define REPLY_VERSION_OFFSET	8u
#define REPLY_KIND_OFFSET	10u
#define REPLY_VALUE_OFFSET	12u
#define REPLY_WRITTEN_OFFSET	16u
#define REPLY_CAME_OFFSET	24u
#define REPLY_CRC_OFFSET	36u
#define REPLY_HELLO		1u	/* the first one: the lane is taken */
#define REPLY_CAME		2u
#define REPLY_DONE		3u	/* all was written, and closed */
#define REPLY_GIVEN_UP		4u	/* there is no use in going on */
#define REPLY_DROPPED		5u	/* this lane ends; others may go on */

/*
 * SEAL_HEADER body; what it says of the chunks
 *   0  8  our header; flags bit 0: padded
 *   8  2  suite
 *  10  2  0
 *  12  4  chunk     bytes of a whole chunk, decrypted
 *  16 32  salt
 *  48  4  length    of the envelope
 *  52  4  0
 *  56  e  envelope  an age file that holds the stream key, with zeroes up to
 *         a multiple of 8
 *   . 32  commitment
 */
#define SEAL_PADDED		1u
#define SEAL_SUITE_OFFSET	8u
#define SEAL_CHUNK_OFFSET	12u
#define SEAL_SALT_OFFSET	16u
#define SEAL_SALT_SIZE		32u
#define SEAL_LENGTH_OFFSET	48u
#define SEAL_ENVELOPE_OFFSET	56u
#define SEAL_COMMITMENT_SIZE	32u
#define SEAL_CHUNK_MIN		65536u
#define SEAL_CHUNK_MAX		16777216u
#define SEAL_EPOCH		4096u	/* chunks with the same key */

/*
 * SEAL_CHUNK body
 *   0  8  our header; flags bit 0: the last one
 *   8  8  number    from 0
 *  16  n  ciphertext
 *   . 16  tag
 */
#define SEAL_LAST		1u
#define SEAL_NUMBER_OFFSET	8u
#define SEAL_TEXT_OFFSET	16u
#define SEAL_TAG_SIZE		16u

/*
 * A chunk, decrypted
 *   0  4  used      bytes of the payload
 *   4  2  flags
 *   6  2  0
 *   8  .  payload, then zeroes
 */
#define CHUNK_FLAGS_OFFSET	4u
#define CHUNK_HEADER_SIZE	8u
#define CHUNK_ENDS		1u	/* the payload ends with it */
#define CHUNK_CHECKPOINT	2u	/* it ends with a checkpoint */

/*
 * CHECK body, 64 bytes; the first one covers all that stands before it, each
 * other one the record before it, with header and padding.  What is covered
 * has numbers and places as in the stream without CHECKs.
 *   0  8  our header; flags bit 0: covers what stands before the records;
 *         bit 1: DIGEST has BLAKE2b of all that is covered
 *   8 16  id        of the stream, the same in all
 *  24  8  index     of the record, from 0
 *  32  8  offset    of its first byte
 *  40  8  size      bytes
 *  48  4  type      of the record
 *  52  4  crc       CRC-32C of the bytes
 *  56  4  list      CRC-32C of the header and what tells the pfns (pfn_list.h)
 *  60  4  own       CRC-32C of this record's header and body, 0 in its place
 */
#define CHECK_SIZE		64u
#define CHECK_START		1u
#define CHECK_BLAKE2B		2u
#define CHECK_ID_OFFSET		8u
#define CHECK_ID_SIZE		16u
#define CHECK_INDEX_OFFSET	24u
#define CHECK_OFFSET_OFFSET	32u
#define CHECK_SIZE_OFFSET	40u
#define CHECK_TYPE_OFFSET	48u
#define CHECK_CRC_OFFSET	52u
#define CHECK_LIST_OFFSET	56u
#define CHECK_OWN_OFFSET	60u

/*
 * DIGEST body; before END
 *   0  8  our header; flags bit 0: leaves have BLAKE2b-256
 *   8 16  id        as in CHECK
 *  24  8  records   that CHECKs cover
 *  32  8  bytes     that CHECKs cover: where END is without check data
 *  40  8  tail      bytes behind the image's END, up to the outermost one
 *  48 32  digest    BLAKE2b-256 over the leaves: of each CHECK bytes 24-59,
 *         and, with flags bit 0, BLAKE2b-256 of what it covers
 *  80 32  tail      BLAKE2b-256 of it
 * 112  8  time      in seconds since 1970, or 0
 * 120  8  sequence  number, or 0
 * 128  4  own       CRC-32C of this record's header and body, 0 in its place
 * 132  n  context   text without a NUL
 */
#define DIGEST_BLAKE2B		1u
#define DIGEST_RECORDS_OFFSET	24u
#define DIGEST_BYTES_OFFSET	32u
#define DIGEST_TAIL_OFFSET	40u
#define DIGEST_DIGEST_OFFSET	48u
#define DIGEST_TAIL_DIGEST_OFFSET 80u
#define DIGEST_TIME_OFFSET	112u
#define DIGEST_SEQUENCE_OFFSET	120u
#define DIGEST_OWN_OFFSET	128u
#define DIGEST_CONTEXT_OFFSET	132u
#define DIGEST_HASH_SIZE	32u
#define DIGEST_CONTEXT_MAX	1024u

/* SIGNATURE body: our header, then the text of a minisign signature of the
 * DIGEST's body, without padding. */

/*
 * GUEST_STAYS body; behind the last CHECKPOINT, before END
 *   0  8  our header; flags 0
 *   8 16  move      that of GUEST_CONFIG
 */
#define STAYS_MOVE_OFFSET	8u
#define STAYS_SIZE		24u

/* GUEST_CONFIG body: our header, then JSON text without a NUL. */
#define GUEST_CONFIG_MAX	(64u << 10)	/* bytes of the body */

/*
 * Stored image, a file (xenrec.5).  Each part starts on a page and fills its
 * last one with zeroes; CRCs are of whole pages.
 *
 *   header | places | leaves | directory | head | tail
 *
 * header, 4096 bytes
 *   0  8  magic
 *   8  2  version    1
 *  10  2  flags      0
 *  12  4  page size  4096
 *  16  8  size       of the file
 *  24  8  places     pfn n's page is at 4096 * (1 + n), n below this
 *  32  8  pages      places that are in use
 *  40  8  leaves     how many
 *  48  8  head       bytes: the stream up to its first PAGE_DATA
 *  56  8  tail       bytes: what else is in it, END at last
 *  64  8  span       pfns from 0 on that the stream had, also without a page
 *  72  4  CRC-32C of the directory; 76 of the head; 80 of the tail
 *  84     reserved
 * 4092 4  CRC-32C of the bytes before
 * leaf, 4096 bytes: the entries of 512 pfns, 0 for a pfn that is not there
 *   0  4  CRC-32C of the page; 0 without one
 *   4  1  bits 3-0 the type that the page came with, 7-4 the last type
 *   5  1  1
 *   6  2  reserved
 * directory: for each leaf, in ascending order
 *   0  8  run      pfn / 512
 *   8  4  CRC-32C of the leaf
 *  12  4  reserved
 */
#define STORED_MAGIC		"xRecIMG\n"
#define STORED_MAGIC_SIZE	8u
#define STORED_VERSION		1u
#define STORED_VERSION_OFFSET	8u
#define STORED_FLAGS_OFFSET	10u
#define STORED_PAGE_SIZE_OFFSET	12u
#define STORED_SIZE_OFFSET	16u
#define STORED_PLACES_OFFSET	24u
#define STORED_PAGES_OFFSET	32u
#define STORED_LEAVES_OFFSET	40u
#define STORED_HEAD_OFFSET	48u
#define STORED_TAIL_OFFSET	56u
#define STORED_SPAN_OFFSET	64u
#define STORED_DIRECTORY_CRC_OFFSET 72u
#define STORED_HEAD_CRC_OFFSET	76u
#define STORED_TAIL_CRC_OFFSET	80u
#define STORED_CRC_OFFSET	4092u
#define STORED_SIZE_MAX		(UINT64_C(1) << 60)
#define STORED_LEAVES_MAX	(UINT64_C(1) << 24)
#define STORED_RUN		512u	/* pfns of a leaf */
#define STORED_SPAN_MAX		(STORED_LEAVES_MAX * STORED_RUN)
#define STORED_ENTRY_SIZE	8u
#define STORED_TYPE_SHIFT	32u	/* in an entry as a number */
#define STORED_LAST_SHIFT	36u
#define STORED_THERE		(UINT64_C(1) << 40)
#define STORED_DIRECTORY_ENTRY	16u
#define STORED_RUN_CRC_OFFSET	8u

#endif
