/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decode_body.h"

const char *const decode_cr0_bits[64] = {
	[0] = "pe", [1] = "mp", [2] = "em", [3] = "ts", [4] = "et",
	[5] = "ne", [16] = "wp", [18] = "am", [29] = "nw", [30] = "cd",
	[31] = "pg",
};

const char *const decode_cr4_bits[64] = {
	[0] = "vme", [1] = "pvi", [2] = "tsd", [3] = "de", [4] = "pse",
	[5] = "pae", [6] = "mce", [7] = "pge", [8] = "pce", [9] = "osfxsr",
	[10] = "osxmmexcpt", [11] = "umip", [12] = "la57", [13] = "vmxe",
	[14] = "smxe", [16] = "fsgsbase", [17] = "pcide", [18] = "osxsave",
	[19] = "kl", [20] = "smep", [21] = "smap", [22] = "pke",
	[23] = "cet", [24] = "pks", [25] = "uintr", [28] = "lam_sup",
	[32] = "fred",
};

const char *const decode_efer_bits[64] = {
	[0] = "sce", [8] = "lme", [10] = "lma", [11] = "nxe",
	[12] = "svme", [13] = "lmsle", [14] = "ffxse", [15] = "tce",
	[17] = "mcommit", [18] = "intwb", [20] = "uaie", [21] = "aibrse",
};

const char *const decode_rflags_bits[64] = {
	[0] = "cf", [1] = "one", [2] = "pf", [4] = "af", [6] = "zf",
	[7] = "sf", [8] = "tf", [9] = "if", [10] = "df", [11] = "of",
	[12] = "iopl_low", [13] = "iopl_high", [14] = "nt", [16] = "rf",
	[17] = "vm", [18] = "ac", [19] = "vif", [20] = "vip", [21] = "id",
};

const char *const decode_xcr0_bits[64] = {
	[0] = "x87", [1] = "sse", [2] = "avx", [3] = "bndregs",
	[4] = "bndcsr", [5] = "opmask", [6] = "zmm_hi256",
	[7] = "hi16_zmm", [8] = "pt", [9] = "pkru", [10] = "pasid",
	[11] = "cet_u", [12] = "cet_s", [13] = "hdc", [14] = "uintr",
	[15] = "lbr", [16] = "hwp", [17] = "tilecfg", [18] = "tiledata",
	[62] = "lwp",
};
