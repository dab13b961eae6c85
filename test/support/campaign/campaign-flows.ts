import type { FlowEntry } from '../bulkhead-http.ts';

/** What a tab may do to itself; asked for with `POST /fault-N/KIND/REVISION`, and done once the answer has left. */
export const misdeeds = {
  'uncaught exception': 'throw new Error("campaign");',
  'uncaught exception of the next tick': 'process.nextTick(() => { throw new Error("campaign"); });',
  'unhandled rejection': 'Promise.reject(new Error("campaign"));',
  'process.exit': 'process.exit(3);',
  segfault: 'process.kill(process.pid, "SIGSEGV");',
  abort: 'process.abort();',
  'heap exhausted': 'const kept = []; for (;;) kept.push(new Array(10000).fill({}));',
  'memory of buffers':
    'const kept = []; timers.setInterval(() => { if (kept.length < 60) kept.push(Buffer.alloc(10485760, 1)); }, 10);',
  'endless loop': 'for (;;) {}',
  'burst of 100,000 messages': 'for (let i = 0; i < 100000; i++) node.send([null, { payload: i }]);',
  'flood of the log': 'for (let i = 0; i < 20000; i++) node.warn("campaign " + i);',
  'flood of debug messages': 'for (let i = 0; i < 50000; i++) node.send([null, null, { payload: i }]);',
  'flood of status': 'for (let i = 0; i < 50000; i++) node.status({ text: String(i) });',
  'flood of global context': 'for (let i = 0; i < 100000; i++) global.set("campaign", i);',
  'flood of a slow target': 'for (let i = 0; i < 1000; i++) node.send([null, null, null, { payload: i }]);',
} as const;

export type Misdeed = keyof typeof misdeeds;

const name = (index: number): string => `tab${index}`;
/** The tab that the flood of a slow target goes to. */
export const slowTargetOf = (index: number, count: number): number => (index + 2) % count;

/**
 * `count` tabs under load: each sends a datagram with its number every 50 ms, and a message to the next tab with it.
 * `changed` makes one tab another than before.
 */
export function campaignFlows(
  count: number,
  udpPort: number,
  changed?: { tab: number; revision: number },
): FlowEntry[] {
  return Array.from({ length: count }, (_, index) =>
    tab(index, count, udpPort, changed?.tab === index ? changed.revision : 0),
  ).flat();
}

function tab(index: number, count: number, udpPort: number, revision: number): FlowEntry[] {
  const z = name(index);
  const next = name((index + 1) % count);
  const slow = name(slowTargetOf(index, count));
  const node = (id: string, type: string, more: Record<string, unknown>): FlowEntry => ({
    id: `${z}-${id}`,
    z,
    type,
    name: id,
    x: 100,
    y: 100,
    wires: [],
    ...more,
  });
  const to = (...ids: string[]): string[] => ids.map((id) => `${z}-${id}`);
  const cases = Object.entries(misdeeds).map(([kind, code]) => `${JSON.stringify(kind)}: () => { ${code} }`);
  return [
    { id: z, type: 'tab', label: z },
    node('tick', 'inject', {
      props: [{ p: 'payload' }],
      payload: `${index}`,
      payloadType: 'str',
      repeat: '0.05',
      wires: [to('udp', 'out')],
    }),
    node('udp', 'udp out', { addr: '127.0.0.1', port: String(udpPort), ipv: 'udp4', outport: '', multicast: 'false' }),
    node('out', 'link out', { mode: 'link', links: [`${next}-in`] }),
    node('in', 'link in', { links: [], wires: [to('keep')] }),
    node('keep', 'function', { func: `flow.set("kept", msg.payload); // ${revision}`, outputs: 1, libs: [] }),
    node('fault', 'http in', { url: `/fault-${index}/:kind/:n`, method: 'post', wires: [to('do')] }),
    node('do', 'function', {
      func: `const misdeeds = { ${cases.join(', ')} };
        timers.setTimeout(misdeeds[msg.req.params.kind], 20);
        return msg;`,
      outputs: 4,
      libs: [
        { var: 'process', module: 'process' },
        { var: 'timers', module: 'timers' },
      ],
      wires: [to('answer'), to('sink'), to('show'), to('slow-out')],
    }),
    node('answer', 'http response', { statusCode: '', headers: {} }),
    node('sink', 'function', { func: 'return null;', outputs: 1, libs: [] }),
    node('show', 'debug', { active: true, tosidebar: true, complete: 'payload' }),
    node('slow-out', 'link out', { mode: 'link', links: [`${slow}-slow`] }),
    node('slow', 'link in', { links: [], wires: [to('busy')] }),
    node('busy', 'function', {
      func: 'for (const end = Date.now() + 2; Date.now() < end; );',
      outputs: 1,
      libs: [],
    }),
  ];
}
