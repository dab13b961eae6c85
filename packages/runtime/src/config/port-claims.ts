/**
 * Ports that another Bulkhead of this machine has chosen but does not listen on yet.
 *
 * The database of a first start listens seconds after its port was chosen. A second house that starts meanwhile would find
 * the port free, and one of the two would talk to the other's plant. So each choice is claimed with a file that names
 * the keeper; the claim of a keeper that is gone counts for nothing.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

export interface PortClaims {
  /** False when another living keeper has claimed the port. */
  claim(port: number): boolean;
}

export function portClaims(
  keeperPid: number,
  directory = join(tmpdir(), `bulkhead-ports-${userInfo().uid}`),
): PortClaims {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return {
    claim(port) {
      const file = join(directory, String(port));
      // Twice: the first time may find the claim of a keeper that is gone.
      for (let attempt = 0; attempt < 2; attempt += 1) {
        try {
          writeFileSync(file, String(keeperPid), { flag: 'wx', mode: 0o600 });
          return true;
        } catch (error) {
          // A full disk: better a claim that nobody sees than a house that finds no port.
          if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) return true;
          const holder = holderOf(file);
          if (holder === keeperPid) return true;
          if (holder !== null && isAlive(holder)) return false;
          rmSync(file, { force: true });
        }
      }
      return false;
    },
  };
}

function holderOf(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
