// SPDX-License-Identifier: Apache-2.0
//
// The map without the picture: counts, split blocks, differences.
import { Fragment } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { address, bytes, count, grouped } from "../format/number";
import { useStore } from "../store";
import { theme } from "../theme";
import { Scroll } from "../ui/parts";
import { type MapClass, type MapData, addressOf } from "./decode";
import { census, classNames, kindsIn } from "./describe";
import type { MapDiff } from "./diff";
import { drawSample } from "./draw";
import { OWNER_WORD } from "./owners";
import { type Side, ownersAt } from "./readout";

const SHOWN_ROWS = 200;

function Sample({ name }: { name: MapClass }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const mode = useStore(theme);
  useEffect(() => drawSample(canvas.current!, name, mode, devicePixelRatio), [name, mode]);
  return <canvas ref={canvas} class="sample" aria-hidden="true" />;
}

/** Legend and census in one. */
export function Census({ sides }: { sides: Side[] }) {
  const counts = sides.map((side) => census(side.map));
  const names = classNames(sides[0]!.map);
  return (
    <Scroll label="How much is mapped how">
      <table class="tight census">
        <thead>
          <tr>
            <th scope="col">mapped as</th>
            {sides.map((side) => (
              <th key={side.letter} scope="col" class="number" colSpan={2}>
                {sides.length > 1 ? `${side.letter}: ` : ""}
                {side.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {counts[0]!.map(({ name }, i) => (
            <tr key={name}>
              <th scope="row">
                <Sample name={name} /> {names[name]}
              </th>
              {counts.map((one, side) => (
                <Fragment key={side}>
                  <td class="number">
                    {one[i]!.pages ? bytes(one[i]!.pages * sides[side]!.map.pageBytes) : <span class="dim">–</span>}
                  </td>
                  <td class="number dim">{one[i]!.entries ? `${count(one[i]!.entries, "entry", "entries")}` : ""}</td>
                </Fragment>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** Who splits blocks, by kind of memory; as `roxlab owners` has it. */
export function OwnerKinds({ side }: { side: Side }) {
  const owners = side.owners;
  if (!owners) return <p class="note">This run kept no owners for this phase.</p>;
  const { attribution } = owners;
  const saved = (n: bigint, can: boolean) => (can ? grouped(n) : "–");
  return (
    <>
      <p class="note">
        {grouped(attribution.blocks.length)} of {grouped(attribution.linearBlocks)} blocks are split,{" "}
        {grouped(attribution.entries)} level-3 entries. Saves: level-3 entries fewer if all of it lay in blocks of its
        own.
      </p>
      <Scroll label={`Owners of ${side.name}`}>
        <table class="tight">
          <thead>
            <tr>
              <th scope="col">split by</th>
              <th scope="col" class="number">
                blocks
              </th>
              <th scope="col" class="number">
                pages
              </th>
              <th scope="col" class="number">
                saves
              </th>
              <th scope="col" class="number">
                with those above
              </th>
            </tr>
          </thead>
          <tbody>
            {attribution.kinds.map((kind) => (
              <tr key={kind.kind}>
                <th scope="row">{OWNER_WORD[kind.kind]}</th>
                <td class="number">{grouped(kind.blocks)}</td>
                <td class="number">{grouped(kind.pages)}</td>
                <td class="number">{saved(kind.saves, kind.cacheable)}</td>
                <td class="number">{saved(kind.savesWithAbove, kind.cacheable)}</td>
              </tr>
            ))}
            {attribution.alikeBlocks > 0n && (
              <tr>
                <th scope="row">nothing any more</th>
                <td class="number">{grouped(attribution.alikeBlocks)}</td>
                <td />
                <td class="number">{grouped(attribution.alikeEntries)}</td>
                <td />
              </tr>
            )}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

/** The blocks that are not mapped in one piece. */
export function splitBlocks(map: MapData): number[] {
  const blocks = new Set<number>();
  let from = 0;
  for (let i = 0; i < map.ends.length; ++i) {
    const kind = map.kinds[map.kind[i]!]!;
    if (!kind.hole && kind.level >= 3)
      for (let block = Math.floor(from / map.blockPages); block * map.blockPages < map.ends[i]!; ++block)
        blocks.add(block);
    from = map.ends[i]!;
  }
  return [...blocks].sort((a, b) => a - b);
}

function Range({ map, from, to, onPick }: { map: MapData; from: number; to: number; onPick: (page: number) => void }) {
  return (
    <th scope="row">
      <button type="button" class="plain mono" onClick={() => onPick(from)}>
        {address(addressOf(map, from))}
      </button>{" "}
      <span class="dim">{bytes((to - from) * map.pageBytes)}</span>
    </th>
  );
}

const mapped = (side: Side, from: number, to: number) =>
  kindsIn(side.map, from, Math.min(to, side.map.pages))
    .map((one) => `${grouped(one.pages)} × ${one.text}`)
    .join("; ") || "beyond the end";

export function SplitTable({ side, onPick }: { side: Side; onPick: (page: number) => void }) {
  const blocks = splitBlocks(side.map);
  if (blocks.length === 0) return <p class="note">No block is split.</p>;
  return (
    <Scroll label="Split blocks">
      <table>
        <thead>
          <tr>
            <th scope="col">block</th>
            <th scope="col">split by</th>
            <th scope="col">its pages</th>
          </tr>
        </thead>
        <tbody>
          {blocks.slice(0, SHOWN_ROWS).map((block) => {
            const [from, to] = [block * side.map.blockPages, (block + 1) * side.map.blockPages];
            return (
              <tr key={block}>
                <Range map={side.map} from={from} to={to} onPick={onPick} />
                <td>{ownersAt(side, from).join(", ") || <span class="dim">–</span>}</td>
                <td class="dim">{mapped(side, from, to)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {blocks.length > SHOWN_ROWS && (
        <p class="note">
          The first {SHOWN_ROWS} of {grouped(blocks.length)}.
        </p>
      )}
    </Scroll>
  );
}

export function DiffTable({ sides, diff, onPick }: { sides: Side[]; diff: MapDiff; onPick: (page: number) => void }) {
  if (diff.from.length === 0) return <p class="note">Both are mapped alike, entry by entry.</p>;
  return (
    <Scroll label="Differences">
      <table>
        <thead>
          <tr>
            <th scope="col">range</th>
            {sides.map((side) => (
              <th key={side.letter} scope="col">
                {side.letter}: {side.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...diff.from.slice(0, SHOWN_ROWS)].map((from, i) => (
            <tr key={from}>
              <Range map={sides[0]!.map} from={from} to={diff.to[i]!} onPick={onPick} />
              {sides.map((side) => (
                <td key={side.letter}>{mapped(side, from, diff.to[i]!)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {diff.from.length > SHOWN_ROWS && (
        <p class="note">
          The first {SHOWN_ROWS} of {grouped(diff.from.length)}.
        </p>
      )}
    </Scroll>
  );
}
