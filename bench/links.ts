/**
 * A link between two compartments against the same link inside one: messages a second and round trips (argument: one payload, such as "10 kB string"). About 1 minute.
 *
 * A function sends as fast as the loop turns, as many as the bounded queue can hold; the figure is from its first send to
 * the last message at the receiver, median over the rounds. `ratio` is across / inside of alternating rounds. Round trips are link calls one
 * after the other, on quiet compartments.
 */
import type { FlowEntry } from '../test/support/bulkhead-http.ts';
import { startBulkhead } from '../test/support/bulkhead.ts';
import { printFigure, quantile, round } from './support/figures.ts';

const rounds = 9;
const payloads = {
  '100 B string': { make: '"x".repeat(100)', count: 40_000 },
  '10 kB string': { make: '"x".repeat(10000)', count: 5_000 },
  '10 kB object': {
    make: 'Object.fromEntries(Array.from({ length: 250 }, (_, i) => ["property" + i, { n: i, text: "value " + i }]))',
    count: 4_000,
  },
} as const;
const roundTrips = 1_000;

/** Monotonic, and the same for all processes of a machine. */
const clock = [{ var: 'process', module: 'process' }];

const node = (id: string, z: string, type: string, more: Record<string, unknown>): FlowEntry => ({
  id,
  z,
  type,
  name: id,
  x: 100,
  y: 100,
  wires: [],
  ...more,
});
const func = (id: string, z: string, code: string, to: string[]): FlowEntry =>
  node(id, z, 'function', { func: code, outputs: 1, libs: [], wires: [to] });

/** Sender and receiver tab of one kind; `pin` keeps both in one compartment. */
function pair(kind: string, pin: boolean): FlowEntry[] {
  const [a, b] = [`${kind}-a`, `${kind}-b`];
  const env = pin ? [{ name: 'BULKHEAD_COMPARTMENT', value: kind, type: 'str' }] : [];
  return [
    { id: a, type: 'tab', label: a, env },
    { id: b, type: 'tab', label: b, env },
    node(`${kind}-http`, a, 'http in', { url: `/${kind}/:what`, method: 'get', wires: [[`${kind}-start`]] }),
    func(
      `${kind}-start`,
      a,
      `const payloads = { ${Object.entries(payloads)
        .map(([name, { make, count }]) => `${JSON.stringify(name)}: [${make}, ${count}]`)
        .join(', ')} };
       const what = msg.req.params.what;
       if (what === "rtt") {
         const times = [];
         for (let i = 0; i < ${roundTrips}; i++) {
           const from = process.hrtime.bigint();
           await node.linkcall("${kind}-echo", { payload: i });
           times.push(Number(process.hrtime.bigint() - from) / 1e6);
         }
         msg.payload = times;
         return [null, msg];
       }
       const [value, count] = payloads[what];
       const run = msg.req.query.run;
       msg.payload = "started";
       node.send([[], msg]);
       const from = process.hrtime.bigint();
       for (let i = 0; i < count; i++) {
         node.send([{ payload: value, left: count - 1 - i, from, run }]);
         if (i % 50 === 49) await new Promise((resolve) => timers.setImmediate(resolve));
       }`,
      [`${kind}-out`],
    ),
    node(`${kind}-out`, a, 'link out', { mode: 'link', links: [`${kind}-in`] }),
    node(`${kind}-answer`, a, 'http response', { statusCode: '', headers: {} }),
    node(`${kind}-in`, b, 'link in', { links: [`${kind}-out`], wires: [[`${kind}-count`]] }),
    func(
      `${kind}-count`,
      b,
      `if (msg.left > 0) return;
       const done = { run: msg.run, ms: Number(process.hrtime.bigint() - msg.from) / 1e6 };
       const asked = flow.get("asked");
       flow.set("asked", undefined);
       if (asked) return { ...asked, payload: done };
       flow.set("done", done);`,
      [`${kind}-told`],
    ),
    node(`${kind}-echo`, b, 'link in', { links: [], wires: [[`${kind}-back`]] }),
    node(`${kind}-back`, b, 'link out', { mode: 'return', links: [] }),
    node(`${kind}-ask`, b, 'http in', { url: `/${kind}-ms`, method: 'get', wires: [[`${kind}-tell`]] }),
    // Answered once the run is over: whoever asks again and again takes the processor from what is measured.
    func(
      `${kind}-tell`,
      b,
      `const done = flow.get("done");
       if (done?.run === msg.req.query.run) return { ...msg, payload: done };
       flow.set("asked", msg);`,
      [`${kind}-told`],
    ),
    node(`${kind}-told`, b, 'http response', { statusCode: '', headers: {} }),
  ].map((entry) =>
    entry.id === `${kind}-start`
      ? {
          ...entry,
          outputs: 2,
          libs: [...clock, { var: 'timers', module: 'timers' }],
          wires: [[`${kind}-out`], [`${kind}-answer`]],
        }
      : entry.id === `${kind}-count`
        ? { ...entry, libs: clock }
        : entry,
  );
}

const median = (values: readonly number[]): number => quantile(values, 0.5);

const bulkhead = await startBulkhead({
  flows: [...pair('inside', true), ...pair('across', false)],
  settings: 'plant:\n  enabled: false\n',
});
let runs = 0;
try {
  const perSecond = async (kind: string, what: keyof typeof payloads): Promise<number> => {
    const run = String(++runs);
    await bulkhead.request(`/${kind}/${encodeURIComponent(what)}?run=${run}`);
    const answer: unknown = await (await bulkhead.request(`/${kind}-ms?run=${run}`)).json();
    const ms = typeof answer === 'object' && answer !== null && 'ms' in answer ? answer.ms : Number.NaN;
    return payloads[what].count / (Number(ms) / 1000);
  };
  const rtt = async (kind: string): Promise<number[]> => {
    const init = { signal: AbortSignal.timeout(60_000) };
    const times: unknown = await (await bulkhead.request(`/${kind}/rtt`, init)).json();
    return Array.isArray(times) ? times.map(Number) : [];
  };
  const [wanted] = process.argv.slice(2);
  const kinds = (['100 B string', '10 kB string', '10 kB object'] as const).filter(
    (what) => wanted === undefined || what === wanted,
  );
  for (const what of kinds) {
    const inside: number[] = [];
    const across: number[] = [];
    for (let i = -1; i < rounds; i += 1) {
      const figures = [await perSecond('inside', what), await perSecond('across', what)] as const;
      // The first is for the compiler.
      if (i < 0) continue;
      inside.push(figures[0]);
      across.push(figures[1]);
    }
    const ratios = across.map((value, index) => value / (inside[index] ?? Number.NaN));
    printFigure({
      bench: 'links',
      payload: what,
      insidePerSecond: Math.round(median(inside)),
      acrossPerSecond: Math.round(median(across)),
      ratio: round(median(ratios), 3),
      ratioLow: round(Math.min(...ratios), 3),
      ratioHigh: round(Math.max(...ratios), 3),
    });
  }
  await rtt('across');
  const [inside, across] = [await rtt('inside'), await rtt('across')];
  printFigure({
    bench: 'links',
    payload: 'round trip',
    insideP50Ms: round(median(inside), 3),
    acrossP50Ms: round(median(across), 3),
    insideP99Ms: round(quantile(inside, 0.99), 3),
    acrossP99Ms: round(quantile(across, 0.99), 3),
  });
  const counts = (await bulkhead.compartments()).map(({ name, links }) => ({ name, links }));
  printFigure({ bench: 'links', counts: JSON.stringify(counts) });
} finally {
  await bulkhead.stop();
}
