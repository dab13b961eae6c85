/**
 * What the children of a keeper have started (an `exec` node's commands, npm) ends with the keeper, also where that is killed
 * and no child is left to see to it: the death signal of the kernel reaches the child alone, and at once.
 *
 * A shell of less than a megabyte reads from the keeper which process groups there are. When the keeper is gone, so is the
 * other end of its pipe, and it ends the groups that are left.
 */
import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

export interface LastWill {
  /** From now on this group ends with the keeper. */
  holds(group: number): void;
  releases(group: number): void;
  close(): void;
}

export const noLastWill: LastWill = { holds: () => {}, releases: () => {}, close: () => {} };

const script = `
groups=" "
while read -r what group; do
  case $what in
    +) groups="$groups$group " ;;
    -) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
[ "$groups" = " " ] && exit
sleep "$1"
for group in $groups; do kill -s KILL -- "-$group"; done
`;
/** One that is killed is replaced, but not faster than this. */
const againAfterMs = 1_000;

/** `graceMs`: time for children that end by themselves when the keeper is gone. */
export function openLastWill(graceMs: number): LastWill {
  if (process.platform === 'win32') return noLastWill;
  const groups = new Set<number>();
  let closed = false;
  let pipe: Writable | null = null;
  const write = (line: string): void => void pipe?.write(line);
  const open = (): void => {
    const started = spawn('sh', ['-c', script, 'sh', String(graceMs / 1000)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: process.env['PATH'] ?? '' },
      // Whoever kills the group of the keeper must not kill this one.
      detached: true,
    });
    pipe = started.stdin;
    // Where there is no shell there is none; one that has just ended is replaced.
    started.on('error', () => {});
    started.stdin.on('error', () => {});
    started.on('exit', () => {
      if (!closed) setTimeout(() => closed || open(), againAfterMs).unref();
    });
    started.unref();
    for (const group of groups) write(`+ ${group}\n`);
  };
  open();
  return {
    holds(group) {
      groups.add(group);
      write(`+ ${group}\n`);
    },
    releases(group) {
      if (groups.delete(group)) write(`- ${group}\n`);
    },
    close() {
      closed = true;
      pipe?.end();
    },
  };
}
