/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lint_rules.h - the rules: their word in the code, name, level, and what they
 * ask for.  Included where LINT_RULE says what to make of a line.  man/
 * rec-ls.1 lists them too, and each has a vector lint-NAME.
 */

/* Headers. */
LINT_RULE(LINT_CONTAINER, "container", LINT_ERROR,
    "the image is a guest's, not a container that holds one")
LINT_RULE(LINT_DOMAIN_TYPE, "domain-type", LINT_ERROR,
    "the domain is of type 1 (PV) or 2 (HVM)")
LINT_RULE(LINT_PAGE_SHIFT, "page-shift", LINT_ERROR,
    "pages are of 4096 bytes")
LINT_RULE(LINT_XL_HEADER, "xl-header", LINT_ERROR,
    "xl's header has no unknown mandatory flag, and its configuration ends "
    "with a NUL inside the optional data")

/* Which records there may be, and how long. */
LINT_RULE(LINT_UNKNOWN, "unknown-type", LINT_ERROR,
    "mandatory records are of types that Xen's restorer knows")
LINT_RULE(LINT_CHECKPOINT, "checkpoint", LINT_ERROR,
    "a plain stream has no CHECKPOINT")
LINT_RULE(LINT_GUEST, "wrong-guest", LINT_ERROR,
    "PV and HVM guests have no records of each other's")
LINT_RULE(LINT_LENGTH, "length", LINT_ERROR,
    "a record has a length that its type may have")
LINT_RULE(LINT_LIBXL_TYPE, "libxl-type", LINT_ERROR,
    "libxl's records are of types that it knows")
LINT_RULE(LINT_EMULATOR, "emulator", LINT_ERROR,
    "device models' records belong to HVM guests, and hold keys and values")

/* Order. */
LINT_RULE(LINT_STATIC_END, "static-end", LINT_ERROR,
    "from version 3 on STATIC_DATA_END comes once, before pages and P2M")
LINT_RULE(LINT_ORDER, "order", LINT_ERROR,
    "X86_PV_INFO comes before what depends on it, and the P2M before pages")
LINT_RULE(LINT_MISSING, "missing", LINT_ERROR,
    "the image has all the records that its kind of guest needs")

/* Pages. */
LINT_RULE(LINT_PAGE_DATA, "page-data", LINT_ERROR,
    "PAGE_DATA has entries of known types, and just their pages")
LINT_RULE(LINT_MAX_PFN, "max-pfn", LINT_ERROR,
    "no pfn is over the limit of --max-pfn")
LINT_RULE(LINT_PFN, "pfn", LINT_ERROR,
    "no pfn is behind the last of a PV guest's P2M")
LINT_RULE(LINT_PTE, "pte", LINT_ERROR,
    "page tables point to no pfn behind the last")
LINT_RULE(LINT_TABLES, "tables", LINT_ERROR,
    "what is reached from pinned page tables is of the level below")

/* PV. */
LINT_RULE(LINT_PV_INFO, "pv-info", LINT_ERROR,
    "X86_PV_INFO comes once, with a width and levels that belong together")
LINT_RULE(LINT_P2M, "p2m", LINT_ERROR,
    "X86_PV_P2M_FRAMES has as many frames as its pfns take, none behind the "
    "last")
LINT_RULE(LINT_P2M_FRAME, "p2m-frame", LINT_ERROR,
    "frames of the P2M are pages that are there and no page tables")
LINT_RULE(LINT_VCPU, "vcpu", LINT_ERROR,
    "a vcpu is one of the domain's, and its registers are as long as they "
    "have to be")
LINT_RULE(LINT_START_INFO, "start-info", LINT_ERROR,
    "the start info, and the pages of xenstore and the console that it "
    "names, are there")
LINT_RULE(LINT_GDT, "gdt", LINT_ERROR,
    "frames of the GDT are pages that are there and no page tables")
LINT_RULE(LINT_CR3, "cr3", LINT_ERROR,
    "cr3 and cr1 point to page tables of the highest level")

/* HVM. */
LINT_RULE(LINT_HVM_CONTEXT, "hvm-context", LINT_ERROR,
    "HVM_CONTEXT is a chain of entries from HEADER to END")
LINT_RULE(LINT_HVM_PARAMS, "hvm-params", LINT_ERROR,
    "HVM_PARAMS has as many entries as it says")
LINT_RULE(LINT_MSR_FLAGS, "msr-flags", LINT_ERROR,
    "the flags of an MSR in the policy are zero")

/* Restored, but worth a look. */
LINT_RULE(LINT_RESERVED, "reserved", LINT_WARNING,
    "reserved fields are zero")
LINT_RULE(LINT_PADDING, "padding", LINT_WARNING,
    "padding is zero")
LINT_RULE(LINT_REPEATED, "repeated", LINT_WARNING,
    "what comes once in a plain stream comes once")
LINT_RULE(LINT_POLICY, "policy", LINT_WARNING,
    "from version 3 on there is a CPU policy")
LINT_RULE(LINT_VERSION_2, "version-2", LINT_WARNING,
    "version 2 has no policies and no STATIC_DATA_END")
LINT_RULE(LINT_OPTIONAL, "optional", LINT_WARNING,
    "optional records are none that Xen stumbles over: none in a "
    "checkpointed stream")
LINT_RULE(LINT_CONFIG, "guest-config", LINT_WARNING,
    "GUEST_CONFIG is one that xc-absorb can make a domain from")
LINT_RULE(LINT_SUPERPAGE, "superpage", LINT_WARNING,
    "no 2 MiB of an HVM guest are torn apart by the end of a record: Xen "
    "4.21 and later make superpages of what comes in one")
LINT_RULE(LINT_ABSENT, "absent", LINT_WARNING,
    "page tables point to pages that came")
LINT_RULE(LINT_BROKEN, "broken", LINT_WARNING,
    "no page is of type BROKEN: its memory had an error")
LINT_RULE(LINT_AFTER_END, "after-end", LINT_WARNING,
    "nothing follows END")
LINT_RULE(LINT_UNTOLD, "untold", LINT_WARNING,
    "page tables are few enough to be followed: 64 MiB of them")
