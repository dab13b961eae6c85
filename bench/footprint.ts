/**
 * Private memory (USS) and start time of compartments that run inject, function and debug, four at once, beside a bare node process and stock Node-RED. About 1 minute.
 */
import { readFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startBulkhead } from '../test/support/bulkhead.ts';
import type { FlowEntry } from '../test/support/bulkhead-http.ts';
import { until } from '../test/support/until.ts';
import { printFigure, quantile, round } from './support/figures.ts';

const tabs = 4;
const restartsEach = 5;

/** Private_Clean + Private_Dirty of a process, MB. */
async function privateMb(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kilobytes = [...rollup.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB/gm)].reduce(
    (sum, match) => sum + Number(match[1]),
    0,
  );
  return kilobytes / 1024;
}

const flows = Array.from({ length: tabs }, (_, index): FlowEntry[] => [
  { id: `tab${index}`, type: 'tab', label: `Tab ${index}` },
  {
    id: `i${index}`,
    type: 'inject',
    z: `tab${index}`,
    props: [{ p: 'payload' }],
    payloadType: 'date',
    payload: '',
    repeat: '1',
    x: 100,
    y: 60,
    wires: [[`f${index}`]],
  },
  {
    id: `f${index}`,
    type: 'function',
    z: `tab${index}`,
    func: 'msg.payload += 1; return msg;',
    outputs: 1,
    libs: [],
    x: 250,
    y: 60,
    wires: [[`d${index}`]],
  },
  {
    id: `d${index}`,
    type: 'debug',
    z: `tab${index}`,
    active: true,
    tosidebar: true,
    complete: 'payload',
    x: 400,
    y: 60,
    wires: [],
  },
]).flat();

const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log("up")'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
await once(bare.stdout, 'data');
const bareMb = await privateMb(bare.pid ?? 0);
bare.kill();

const bulkhead = await startBulkhead({ flows, settings: 'plant:\n  enabled: false\n' });
try {
  const running = await bulkhead.compartments();
  const memory = await Promise.all(running.map(({ pid }) => privateMb(pid ?? 0)));
  printFigure({
    bench: 'footprint',
    figure: 'private memory per compartment, four running',
    maxMb: round(Math.max(...memory)),
    medianMb: round(quantile(memory, 0.5)),
    ratioToBareNode: round(quantile(memory, 0.5) / bareMb),
  });
  const startsMs: number[] = [];
  for (let round = 0; round < restartsEach; round++) {
    for (const { id, pid } of await bulkhead.compartments()) {
      await bulkhead.request(`/bulkhead/compartments/${id}/restart`, { method: 'POST' });
      startsMs.push(await readyAfterMs(id, pid ?? 0));
    }
  }
  printFigure({
    bench: 'footprint',
    figure: 'ready after the start of the process',
    medianMs: round(quantile(startsMs, 0.5)),
    p95Ms: round(quantile(startsMs, 0.95)),
    starts: startsMs.length,
  });
} finally {
  await bulkhead.stop();
}

/** From the keeper's start of the new process to the moment its flows ran, as the runtime reports both. */
async function readyAfterMs(id: string, oldPid: number): Promise<number> {
  const started = await until(
    async () => {
      const found = (await bulkhead.compartments()).find((compartment) => compartment.id === id);
      return found?.state === 'running' && found.pid !== oldPid ? found : undefined;
    },
    { deadlineMs: 20_000, what: `compartment ${id} is back`, everyMs: 5 },
  );
  return Number(started['readyAfterMs']);
}
