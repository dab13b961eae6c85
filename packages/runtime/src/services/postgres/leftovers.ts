/**
 * What a killed server leaves behind: backends that still hold its shared memory, and a `postmaster.pid` whose number
 * may belong to somebody else by now (after a container's restart it nearly always does).
 */
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Idle backends notice the server's end at once; a busy one only when its query is done. */
const backendMs = 100;
/** A server that was told to stop writes a checkpoint first. */
const serverMs = 5_000;
const everyMs = 20;

const commandOf = (pid: number): string | null => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return null;
  }
};

/** PostgreSQL processes that work in a data directory. Empty where there is no /proc. */
function processesIn(data: string): readonly number[] {
  if (!existsSync('/proc/self')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === data && commandOf(pid) === 'postgres';
      } catch {
        // It ended meanwhile, or is somebody else's.
        return false;
      }
    });
}

function serverIn(data: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10);
    return Number.isInteger(pid) ? pid : null;
  } catch {
    return null;
  }
}

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // Ended meanwhile.
  }
};

/** Resolves once nobody works in the data directory any more. `data` must be a real path. */
export async function clearLeftovers(data: string): Promise<void> {
  const startedAt = performance.now();
  const server = serverIn(data);
  let left = processesIn(data);
  const serverLives = server !== null && left.includes(server);
  if (serverLives) signal(server, 'SIGINT');
  const limitMs = serverLives ? serverMs : backendMs;
  while (left.length > 0) {
    // Its server is dead and what it had committed is in the log: killing a backend loses nothing.
    if (performance.now() - startedAt > limitMs) for (const pid of left) signal(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    left = processesIn(data);
  }
  const named = serverIn(data);
  if (named !== null && existsSync('/proc/self') && commandOf(named) !== 'postgres') {
    rmSync(join(data, 'postmaster.pid'), { force: true });
  }
}
