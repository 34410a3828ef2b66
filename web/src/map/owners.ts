// SPDX-License-Identifier: Apache-2.0
//
// Who keeps a block split, from the run's artifact owners.PHASE.json (roxlab.v1.Attribution).
import { fromJsonString } from "@bufbuild/protobuf";
import { type Attribution, AttributionSchema, OwnerKind } from "../../gen/roxlab/v1/attribution_pb";
import { count } from "../format/number";

/** As report/owners.cc names them. */
export const OWNER_WORD: Record<OwnerKind, string> = {
  [OwnerKind.OWNER_KIND_UNSPECIFIED]: "?",
  [OwnerKind.MODULE_TEXT]: "module text",
  [OwnerKind.BPF_PROGRAM]: "BPF programs",
  [OwnerKind.KPROBE]: "kprobes",
  [OwnerKind.TRAMPOLINE]: "trampolines",
  [OwnerKind.OTHER_EXECUTABLE]: "other executable",
  [OwnerKind.MODULE_RODATA]: "module rodata",
  [OwnerKind.MODULE_RO_AFTER_INIT]: "module ro_after_init",
  [OwnerKind.OTHER_READ_ONLY]: "other read-only",
  [OwnerKind.KERNEL_IMAGE]: "kernel image",
  [OwnerKind.NOT_MAPPED]: "not mapped",
  [OwnerKind.OTHER_ATTRIBUTES]: "other attributes",
};

export interface BlockOwners {
  entries: number;
  /** Nothing but history keeps it split. */
  alike: boolean;
  /** "zstd_compress (module text, 93 pages)", largest first. */
  owners: string[];
}

export interface Owners {
  attribution: Attribution;
  /** By the block's address. */
  blocks: Map<bigint, BlockOwners>;
}

export function parseOwners(text: string): Owners {
  const attribution = fromJsonString(AttributionSchema, text, { ignoreUnknownFields: true });
  const blocks = new Map<bigint, BlockOwners>();
  for (const block of attribution.blocks) {
    const owners = block.shares.map((share) => {
      const owner = attribution.owners[share.owner];
      const what = `${OWNER_WORD[owner?.kind ?? OwnerKind.OWNER_KIND_UNSPECIFIED]}, ${count(Number(share.pages), "page")}`;
      return `${owner?.name || "?"} (${what})`;
    });
    blocks.set(block.start, { entries: Number(block.entries), alike: block.alike, owners });
  }
  return { attribution, blocks };
}
