/** The grants of each slice, worked out once and so that the process can be told of them. */
import type { Slice } from '../protocol/messages.ts';
import type { Privilege } from '../protocol/privilege.ts';
import { type Grants, grantsOf } from './plan/grants.ts';
import { fitting } from './plan/simplest-paths.ts';

/**
 * For those to read and for those to write, each. Arguments and environment have 2 MB in all (Linux, with the usual limit
 * of the stack) or 1 MB (macOS); a process with more does not start at all.
 */
const mostArgumentBytes = 384 * 1024;
/** What the kernel opens (PATH_MAX): a longer path is no grant to anybody. */
const longestPathBytes = 4_096;

const canBeOpened = (file: string): boolean => !file.includes('\0') && Buffer.byteLength(file) < longestPathBytes;

export function createKnownGrants(home: string, log: (line: string) => void) {
  const known = new WeakMap<Slice, { readonly privilege: Privilege; readonly grants: Grants }>();
  return (slice: Slice, privilege: Privilege): Grants => {
    const before = known.get(slice);
    if (before?.privilege === privilege) return before.grants;
    const { grants, widened } = fittingGrants(grantsOf(slice, privilege, home));
    known.set(slice, { privilege, grants });
    if (widened.length > 0)
      log(
        `compartment ${slice.compartmentId}: its nodes name more files than a process can be told of; it is given the folders as a whole: ${widened.join(', ')}`,
      );
    return grants;
  };
}

export function fittingGrants(grants: Grants, mostBytes = mostArgumentBytes): { grants: Grants; widened: string[] } {
  const write = fitting(grants.write.filter(canBeOpened), mostBytes);
  const read = fitting([...grants.read.filter(canBeOpened), ...write.widened], mostBytes);
  return {
    grants: { ...grants, read: read.paths, write: write.paths },
    widened: [...new Set([...read.widened, ...write.widened])],
  };
}
