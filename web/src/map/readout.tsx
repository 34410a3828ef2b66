// SPDX-License-Identifier: Apache-2.0
//
// A cell in words: its range, how it is mapped, who has it; for one map or two.
import { address, bytes } from "../format/number";
import { type MapData, addressOf } from "./decode";
import { kindLine, kindsIn } from "./describe";
import type { Owners } from "./owners";

export interface Side {
  letter: string;
  name: string;
  map: MapData;
  owners?: Owners;
}

const SHOWN = 6;

/** Who has memory in the block of this page, as far as that splits it. */
export function ownersAt(side: Side, page: number): string[] {
  if (!side.owners) return [];
  const start = addressOf(side.map, Math.floor(page / side.map.blockPages) * side.map.blockPages);
  const block = side.owners.blocks.get(start);
  if (!block) return [];
  return block.alike ? ["nothing any more: its entries are all alike"] : block.owners;
}

function SideReadout({ side, from, to, two }: { side: Side; from: number; to: number; two: boolean }) {
  const kinds = kindsIn(side.map, from, to);
  const owners = to - from <= side.map.blockPages ? ownersAt(side, from) : [];
  return (
    <div class="readout-side">
      {two && (
        <h3>
          {side.letter}: {side.name}
        </h3>
      )}
      <ul>
        {kinds.length === 0 && <li class="dim">beyond this map's end</li>}
        {kinds.slice(0, SHOWN).map((one) => (
          <li key={one.text}>{kindLine(one)}</li>
        ))}
        {kinds.length > SHOWN && <li class="dim">and {kinds.length - SHOWN} other ways</li>}
      </ul>
      {owners.length > 0 && (
        <p class="owners">
          <span class="dim">{to - from < side.map.blockPages ? "owners in its block:" : "split by:"}</span>{" "}
          {owners.slice(0, SHOWN).join(", ")}
          {owners.length > SHOWN && <span class="dim"> and {owners.length - SHOWN} more</span>}
        </p>
      )}
    </div>
  );
}

export function Readout({ sides, from, to }: { sides: Side[]; from: number; to: number }) {
  const map = sides[0]!.map;
  return (
    <>
      <p class="mono range">
        {address(addressOf(map, from))}–{address(addressOf(map, to))}{" "}
        <span class="dim">({bytes((to - from) * map.pageBytes)})</span>
      </p>
      <div class="readout-sides">
        {sides.map((side) => (
          <SideReadout
            key={side.letter}
            side={side}
            from={from}
            to={Math.min(to, side.map.pages)}
            two={sides.length > 1}
          />
        ))}
      </div>
    </>
  );
}
