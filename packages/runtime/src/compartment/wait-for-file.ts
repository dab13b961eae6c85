import { existsSync } from 'node:fs';

const everyMs = 10;
const limitMs = 20_000;
const nobody = new Int32Array(new SharedArrayBuffer(4));

/** Blocks until the file is there: the gate whose address it holds is opened when the container runs. Throws at its limit. */
export function waitForFile(file: string): void {
  for (let waited = 0; !existsSync(file); waited += everyMs) {
    if (waited >= limitMs) throw new Error(`${file} did not come: who keeps this container has gone`);
    Atomics.wait(nobody, 0, 0, everyMs);
  }
}
