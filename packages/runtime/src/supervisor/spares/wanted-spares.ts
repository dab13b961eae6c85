/** Which spares the house should have. Pure. */
import { createHash } from 'node:crypto';
import type { ChildSpec, PaletteEntry } from '../../protocol/messages.ts';
import { startClass } from './spare-spec.ts';

/** A compartment as far as spares are concerned. */
export interface Standing {
  readonly compartmentId: string;
  readonly spec: ChildSpec;
  readonly palette: readonly PaletteEntry[];
  readonly userDir: string;
  /** It wants a spare of its own, with its palettes imported. */
  readonly own: boolean;
}

export interface WantedSpare {
  readonly id: string;
  readonly like: ChildSpec;
  /** What it loads beforehand. */
  readonly palette: readonly PaletteEntry[];
  readonly userDir: string;
}

/** Sets that nobody uses would be memory for nothing. */
const mostSharedSets = 12;
const coreModule = 'node-red';

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** The one that may become any compartment of a class. */
export const sharedSpareId = (className: string): string => className;
export const ownSpareId = (compartmentId: string, className: string): string => `${short(compartmentId)}-${className}`;

/** At most one for all compartments, of the class that most of them have, and one for each that wants its own. */
export function wantedSpares(standings: readonly Standing[], shared: boolean): WantedSpare[] {
  const own = standings
    .filter((standing) => standing.own)
    .map(({ compartmentId, spec, palette, userDir }) => ({
      id: ownSpareId(compartmentId, startClass(spec)),
      like: spec,
      palette: palette.filter((entry) => entry.enabled),
      userDir,
    }));
  const like = shared ? mostUsed(standings.map((standing) => [startClass(standing.spec), standing])) : [];
  return [
    ...like.slice(0, 1).map(({ spec, userDir }) => ({
      id: sharedSpareId(startClass(spec)),
      like: spec,
      userDir,
      palette: mostUsed(
        standings.flatMap(({ palette }) =>
          palette
            .filter((entry) => entry.enabled && entry.module === coreModule)
            .map((entry): [string, PaletteEntry] => [entry.set, entry]),
        ),
      ).slice(0, mostSharedSets),
    })),
    ...own,
  ];
}

/** Values by how often their key occurs; of equals the first stays first. */
function mostUsed<T>(entries: readonly (readonly [string, T])[]): T[] {
  const counted = new Map<string, { readonly value: T; count: number }>();
  for (const [key, value] of entries) {
    const known = counted.get(key);
    if (known) known.count += 1;
    else counted.set(key, { value, count: 1 });
  }
  return [...counted.values()].sort((a, b) => b.count - a.count).map(({ value }) => value);
}
