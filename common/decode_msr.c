/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decode_body.h"

/*
 * Those that Xen keeps for guests, or that tell something about one.  Names:
 * Intel's Software Developer's Manual, volume 4, without "IA32_"; AMD's
 * Architecture Programmer's Manual, volume 2, appendix A.
 */
static const struct {
	uint32_t index;
	const char *name;
} names[] = {
	{ 0x10, "TSC" },
	{ 0x1b, "APIC_BASE" },
	{ 0x3a, "FEATURE_CONTROL" },
	{ 0x3b, "TSC_ADJUST" },
	{ 0x48, "SPEC_CTRL" },
	{ 0x49, "PRED_CMD" },
	{ 0x8b, "MICROCODE_REVISION" },
	{ 0xce, "PLATFORM_INFO" },
	{ 0xcf, "CORE_CAPABILITIES" },
	{ 0xfe, "MTRRCAP" },
	{ 0x10a, "ARCH_CAPABILITIES" },
	{ 0x10b, "FLUSH_CMD" },
	{ 0x122, "TSX_CTRL" },
	{ 0x123, "MCU_OPT_CTRL" },
	{ 0x140, "MISC_FEATURES_ENABLES" },
	{ 0x174, "SYSENTER_CS" },
	{ 0x175, "SYSENTER_ESP" },
	{ 0x176, "SYSENTER_EIP" },
	{ 0x179, "MCG_CAP" },
	{ 0x17a, "MCG_STATUS" },
	{ 0x1a0, "MISC_ENABLE" },
	{ 0x1cc, "FRED_RSP0" },
	{ 0x1cd, "FRED_RSP1" },
	{ 0x1ce, "FRED_RSP2" },
	{ 0x1cf, "FRED_RSP3" },
	{ 0x1d0, "FRED_STKLVLS" },
	{ 0x1d1, "FRED_SSP1" },
	{ 0x1d2, "FRED_SSP2" },
	{ 0x1d3, "FRED_SSP3" },
	{ 0x1d4, "FRED_CONFIG" },
	{ 0x1d9, "DEBUGCTL" },
	{ 0x277, "PAT" },
	{ 0x2ff, "MTRR_DEF_TYPE" },
	{ 0x345, "PERF_CAPABILITIES" },
	{ 0x480, "VMX_BASIC" },
	{ 0x485, "VMX_MISC" },
	{ 0x4d0, "MCG_EXT_CTL" },
	{ 0x560, "RTIT_OUTPUT_BASE" },
	{ 0x561, "RTIT_OUTPUT_MASK_PTRS" },
	{ 0x570, "RTIT_CTL" },
	{ 0x571, "RTIT_STATUS" },
	{ 0x572, "RTIT_CR3_MATCH" },
	{ 0x600, "DS_AREA" },
	{ 0x6a0, "U_CET" },
	{ 0x6a2, "S_CET" },
	{ 0x6a4, "PL0_SSP" },
	{ 0x6a5, "PL1_SSP" },
	{ 0x6a6, "PL2_SSP" },
	{ 0x6a7, "PL3_SSP" },
	{ 0x6a8, "INTERRUPT_SSP_TABLE_ADDR" },
	{ 0x6e0, "TSC_DEADLINE" },
	{ 0x6e1, "PKRS" },
	{ 0xd90, "BNDCFGS" },
	{ 0xda0, "XSS" },
	{ 0xc0000080, "EFER" },
	{ 0xc0000081, "STAR" },
	{ 0xc0000082, "LSTAR" },
	{ 0xc0000083, "CSTAR" },
	{ 0xc0000084, "FMASK" },
	{ 0xc0000100, "FS_BASE" },
	{ 0xc0000101, "GS_BASE" },
	{ 0xc0000102, "KERNEL_GS_BASE" },
	{ 0xc0000103, "TSC_AUX" },
	{ 0xc0000104, "TSC_RATIO" },
	{ 0xc0010010, "SYSCFG" },
	{ 0xc0010015, "HWCR" },
	{ 0xc0010114, "VM_CR" },
	{ 0xc0010117, "VM_HSAVE_PA" },
	{ 0xc001011f, "VIRT_SPEC_CTRL" },
	{ 0xc0011019, "DR1_ADDRESS_MASK" },
	{ 0xc001101a, "DR2_ADDRESS_MASK" },
	{ 0xc001101b, "DR3_ADDRESS_MASK" },
	{ 0xc0011027, "DR0_ADDRESS_MASK" },
};

void
decode_msr(struct item *i)
{
	static const struct field fields[] = {
		HEX("index", 4, 0), SELDOM("flags", 4, 4),
		HEX("value", 8, 8),
	};
	uint64_t index;
	size_t k;

	item_get(i, 0, 4, &index);
	for (k = 0; k < COUNT_OF(names); k++)
		if (names[k].index == index)
			item_string(i, "name", names[k].name);
	item_fields(i, fields, COUNT_OF(fields));
}
