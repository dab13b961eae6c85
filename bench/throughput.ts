/**
 * Messages a second through a chain of nodes inside one compartment, beside the same flow in stock node-red 5.0.7 (argument: pairs). About 1 minute.
 *
 * Alternating pairs, each side first in turn; the ratio is ours / stock of one pair. `cpuRatio` is the same of CPU time
 * per message, which other load on the machine touches less.
 */
import type { FlowEntry } from '../test/support/bulkhead-http.ts';
import { startBulkhead } from '../test/support/bulkhead.ts';
import { medianInterval, printFigure, quantile, round } from './support/figures.ts';
import { startStockNodeRed } from './support/stock-node-red.ts';

const messages = 8_000;
/** On their way through the chain: more would fill the queues that the change and switch nodes keep, and measure those. */
const atOnce = 50;
const [pairs = 80] = process.argv.slice(2).map(Number);

const node = (id: string, type: string, more: Record<string, unknown>): FlowEntry => ({
  id,
  z: 't',
  type,
  name: id,
  x: 100,
  y: 100,
  wires: [],
  ...more,
});
const libs = [{ var: 'process', module: 'process' }];

/** The last message carries the request through the chain, and its answer is what the chain took. */
const flows: FlowEntry[] = [
  { id: 't', type: 'tab', label: 'chain' },
  node('ask', 'http in', { url: '/chain', method: 'get', wires: [['start']] }),
  node('start', 'function', {
    func: `const payload = "x".repeat(100);
      flow.set("from", [process.hrtime.bigint(), process.cpuUsage()]);
      for (let i = 1; i < ${messages}; i++) {
        const isLast = i % ${atOnce} === 0;
        node.send({ payload, topic: "bench", left: i, isLast });
        if (isLast) await new Promise((resolve) => { process.next = resolve; });
      }
      msg.left = 0;
      msg.topic = "bench";
      return msg;`,
    outputs: 1,
    libs,
    wires: [['change']],
  }),
  node('change', 'change', {
    rules: [{ t: 'set', p: 'changed', pt: 'msg', to: 'true', tot: 'bool' }],
    wires: [['switch']],
  }),
  node('switch', 'switch', {
    property: 'topic',
    propertyType: 'msg',
    rules: [{ t: 'eq', v: 'bench', vt: 'str' }],
    checkall: 'true',
    outputs: 1,
    wires: [['count']],
  }),
  node('count', 'function', {
    func: `if (msg.isLast) process.next();
      if (msg.left !== 0) return;
      const [from, cpu] = flow.get("from");
      const { user, system } = process.cpuUsage(cpu);
      msg.payload = { ms: Number(process.hrtime.bigint() - from) / 1e6, cpuMs: (user + system) / 1000 };
      return msg;`,
    outputs: 1,
    libs,
    wires: [['answer']],
  }),
  node('answer', 'http response', { statusCode: '', headers: {} }),
];

async function run(url: string): Promise<{ ms: number; cpuMs: number }> {
  const answer: unknown = await (await fetch(`${url}/chain`, { signal: AbortSignal.timeout(30_000) })).json();
  if (typeof answer !== 'object' || answer === null || !('ms' in answer && 'cpuMs' in answer)) {
    throw new Error(`no figures in ${JSON.stringify(answer)}`);
  }
  return { ms: Number(answer.ms), cpuMs: Number(answer.cpuMs) };
}

const bulkhead = await startBulkhead({ flows, settings: 'plant:\n  enabled: false\n' });
const stock = await startStockNodeRed(flows);
try {
  const figures: { ours: { ms: number; cpuMs: number }; theirs: { ms: number; cpuMs: number } }[] = [];
  // The first two are for the compiler.
  for (let i = -2; i < pairs; i += 1) {
    const first = await run(i % 2 === 0 ? bulkhead.url : stock.url);
    const second = await run(i % 2 === 0 ? stock.url : bulkhead.url);
    const pair = i % 2 === 0 ? { ours: first, theirs: second } : { ours: second, theirs: first };
    if (i >= 0) figures.push(pair);
  }
  const perSecond = (ms: number): number => Math.round(messages / (ms / 1000));
  const ratio = medianInterval(figures.map(({ ours, theirs }) => theirs.ms / ours.ms));
  const cpu = medianInterval(figures.map(({ ours, theirs }) => theirs.cpuMs / ours.cpuMs));
  printFigure({
    bench: 'throughput',
    pairs,
    perSecond: perSecond(
      quantile(
        figures.map(({ ours }) => ours.ms),
        0.5,
      ),
    ),
    stockPerSecond: perSecond(
      quantile(
        figures.map(({ theirs }) => theirs.ms),
        0.5,
      ),
    ),
    ratio: round(ratio.median, 3),
    ratioLow: round(ratio.low, 3),
    ratioHigh: round(ratio.high, 3),
    cpuRatio: round(cpu.median, 3),
    cpuRatioLow: round(cpu.low, 3),
    cpuRatioHigh: round(cpu.high, 3),
  });
} finally {
  await stock.stop();
  await bulkhead.stop();
}
