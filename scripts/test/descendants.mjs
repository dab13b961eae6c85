import { existsSync, readFileSync, readdirSync } from 'node:fs';

/** Processes get this long to end after the tests have: a database writes its last page. */
const graceMs = 3_000;
const sampleMs = 200;

/** Every process of this machine: `Map pid → {parent, startedAt}`; empty where there is no /proc. */
function processTable() {
  const table = new Map();
  if (!existsSync('/proc/self/stat')) return table;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      // Fields after the command name, which may itself hold spaces and brackets: proc(5), fields 3 (state), 4, 22.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] !== 'Z') table.set(Number(entry), { parent: Number(fields[1]), startedAt: fields[19] });
    } catch {
      // Ended between the listing and the reading.
    }
  }
  return table;
}

function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim().slice(0, 200);
  } catch {
    return '(ended)';
  }
}

/**
 * Follows all descendants of a process by sampling, so that those are known too that detach themselves and lose their
 * parent: neither a process group nor the environment survives in all of Bulkhead's children.
 */
export function watchDescendants(ancestor) {
  const known = new Map();
  const sample = () => {
    const table = processTable();
    let grew = true;
    while (grew) {
      grew = false;
      for (const [pid, { parent, startedAt }] of table) {
        if (known.get(pid) === startedAt) continue;
        const parentKnown =
          parent === ancestor || (known.has(parent) && known.get(parent) === table.get(parent)?.startedAt);
        if (!parentKnown) continue;
        known.set(pid, startedAt);
        grew = true;
      }
    }
    return [...known].filter(([pid, startedAt]) => table.get(pid)?.startedAt === startedAt).map(([pid]) => pid);
  };
  const timer = setInterval(sample, sampleMs);

  return {
    /** Resolves to the descendants that outlived the grace time, `[{pid, command}]`; they are killed. */
    async leftBehind() {
      clearInterval(timer);
      const end = Date.now() + graceMs;
      let alive = sample();
      while (alive.length > 0 && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, sampleMs));
        alive = sample();
      }
      const report = alive.map((pid) => ({ pid, command: commandOf(pid) }));
      for (const pid of alive) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch (error) {
          if (error.code !== 'ESRCH') throw error;
        }
      }
      return report;
    },
  };
}
