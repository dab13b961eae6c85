/** File names of the sockets of a compartment in the run directory. */
import { createHash } from 'node:crypto';

/** Ids may hold anything and be of any length; the path of a unix socket ends at 108 bytes, the name of a file at 255. */
export const shortened = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 16);

/** Where its `httpNode` answers. */
export const httpSocketName = (compartmentId: string): string => `c-${shortened(compartmentId)}.sock`;

/** Where it takes messages from link nodes of other compartments. */
export const linkSocketName = (compartmentId: string): string => `l-${shortened(compartmentId)}.sock`;

export const isLinkSocketName = (name: string): boolean => /^l-[0-9a-f]{16}\.sock$/.test(name);
