/** Where things of the house are, seen from a process or from a container. */
import path from 'node:path';
import type { Address } from '../protocol/address.ts';
import type { Contained } from '../protocol/boot.ts';
import type { Slice } from '../protocol/messages.ts';

/** A socket of the run directory; from a container through its gate, by its name there. */
export function reach({ contained }: { readonly contained: Contained | null }, socketPath: string): Address {
  if (contained === null) return { path: socketPath };
  const { host, port, ...proof } = contained.gate;
  return { host, port, tls: { ...proof, wants: path.basename(socketPath) } };
}

/** The slice with the files of its node sets where they lie in this container. */
export function moveFiles(slice: Slice, contained: Contained | null): Slice {
  if (contained === null) return slice;
  const { from, to } = contained.moved;
  const inside = `${from}${path.sep}`;
  const move = (file: string): string => (file.startsWith(inside) ? path.join(to, file.slice(inside.length)) : file);
  return { ...slice, palette: slice.palette.map((entry) => ({ ...entry, file: move(entry.file) })) };
}
