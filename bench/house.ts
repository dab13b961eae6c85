/**
 * Memory and start of 20 compartments, and a deploy that changes one tab of 50, beside the same flows in one stock node-red 5.0.7. About 2 minutes.
 *
 * PSS counts shared pages in parts, so that the sum is what the 20 cost together. The start is from the keeper's start of
 * the first process to the moment the last one's flows ran. A deploy is from POST /flows to the first answer of the new
 * flow; nothing but the changed compartment may change in any way.
 */
import { readFile } from 'node:fs/promises';
import type { CompartmentInfo, FlowEntry } from '../test/support/bulkhead-http.ts';
import { startBulkhead } from '../test/support/bulkhead.ts';
import { until } from '../test/support/until.ts';
import { printFigure, quantile, round } from './support/figures.ts';
import { startStockNodeRed } from './support/stock-node-red.ts';

const deploys = 10;
const settings = 'plant:\n  enabled: false\n';

async function pssMb(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? Number.NaN) / 1024;
}

/** Tabs with inject, function and debug; with `revision`, the last of them answers it over HTTP. */
function flowsOf(tabs: number, revision?: number): FlowEntry[] {
  const small = Array.from({ length: tabs }, (_, index): FlowEntry[] => {
    const z = `tab${index}`;
    const place = { z, x: 100, y: 60 };
    const props = { props: [{ p: 'payload' }], payloadType: 'date', payload: '', repeat: '1' };
    const show = { active: true, tosidebar: true, complete: 'payload', wires: [] };
    return [
      { id: z, type: 'tab', label: z },
      { id: `i${index}`, type: 'inject', ...place, ...props, wires: [[`f${index}`]] },
      {
        id: `f${index}`,
        type: 'function',
        ...place,
        func: 'return msg;',
        outputs: 1,
        libs: [],
        wires: [[`d${index}`]],
      },
      { id: `d${index}`, type: 'debug', ...place, ...show },
    ];
  }).flat();
  if (revision === undefined) return small;
  const place = { z: `tab${tabs - 1}`, x: 100, y: 120 };
  const func = `msg.payload = "${revision}"; return msg;`;
  return [
    ...small,
    { id: 'ask', type: 'http in', ...place, url: '/revision', method: 'get', wires: [['say']] },
    { id: 'say', type: 'function', ...place, func, outputs: 1, libs: [], wires: [['answer']] },
    { id: 'answer', type: 'http response', ...place, statusCode: '', headers: {}, wires: [] },
  ];
}

async function deployMs(url: string, flows: readonly FlowEntry[], revision: number): Promise<number> {
  const from = performance.now();
  const posted = await fetch(`${url}/flows`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'Node-RED-Deployment-Type': 'flows' },
    body: JSON.stringify(flows),
  });
  if (!posted.ok) throw new Error(`POST /flows: ${posted.status}`);
  await until(async () => (await (await fetch(`${url}/revision`)).text()) === `${revision}`, {
    deadlineMs: 20_000,
    what: `revision ${revision} answers`,
    everyMs: 2,
  });
  return performance.now() - from;
}

const figuresOf = ({ id, pid, restarts, state, ...more }: CompartmentInfo): string =>
  JSON.stringify([id, pid, restarts, state, more['startedAt']]);

async function memoryAndStart(): Promise<void> {
  const flows = flowsOf(20);
  const bulkhead = await startBulkhead({ flows, settings });
  const stockFrom = performance.now();
  const stock = await startStockNodeRed(flows);
  const stockReadyMs = performance.now() - stockFrom;
  try {
    await until(async () => (await bulkhead.compartments()).every(({ state }) => state === 'running'), {
      deadlineMs: 60_000,
      what: 'all 20 run',
    });
    const running = await bulkhead.compartments();
    const starts = running.map((compartment) => Number(compartment['startedAt']));
    const readies = running.map(
      (compartment) => Number(compartment['startedAt']) + Number(compartment['readyAfterMs']),
    );
    // What a start leaves behind is collected by then.
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    const pss = await Promise.all(running.map(({ pid }) => pssMb(pid ?? 0)));
    printFigure({
      bench: 'house',
      figure: '20 compartments of a small flow',
      pssMb: round(pss.reduce((sum, value) => sum + value, 0)),
      pssMbEachMedian: round(quantile(pss, 0.5)),
      readyMs: Math.max(...readies) - Math.min(...starts),
      readyMsEachMedian: quantile(
        running.map((compartment) => Number(compartment['readyAfterMs'])),
        0.5,
      ),
      stockPssMb: round(await pssMb(stock.pid)),
      stockReadyMs: round(stockReadyMs),
    });
  } finally {
    await stock.stop();
    await bulkhead.stop();
  }
}

async function oneOfFifty(): Promise<void> {
  const bulkhead = await startBulkhead({ flows: flowsOf(50, 0), settings });
  const stock = await startStockNodeRed(flowsOf(50, 0));
  try {
    await until(async () => (await bulkhead.compartments()).every(({ state }) => state === 'running'), {
      deadlineMs: 120_000,
      what: 'all 50 run',
    });
    const ours: number[] = [];
    const theirs: number[] = [];
    let touched = 0;
    for (let revision = 1; revision <= deploys; revision += 1) {
      const before = (await bulkhead.compartments()).slice(0, -1).map(figuresOf);
      ours.push(await deployMs(bulkhead.url, flowsOf(50, revision), revision));
      const after = (await bulkhead.compartments()).slice(0, -1).map(figuresOf);
      touched += before.filter((figures, index) => figures !== after[index]).length;
      theirs.push(await deployMs(stock.url, flowsOf(50, revision), revision));
    }
    printFigure({
      bench: 'house',
      figure: 'deploy that changes one tab of 50',
      medianMs: round(quantile(ours, 0.5)),
      maxMs: round(Math.max(...ours)),
      othersTouched: touched,
      stockMedianMs: round(quantile(theirs, 0.5)),
      stockMaxMs: round(Math.max(...theirs)),
    });
  } finally {
    await stock.stop();
    await bulkhead.stop();
  }
}

await memoryAndStart();
await oneOfFifty();
