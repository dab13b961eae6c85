/** A flow file with one tab in a container and two in processes, joined by links; each can be asked over HTTP. */
import type { FlowEntry } from './bulkhead-http.ts';
import { func, tab } from './compartment.ts';
import { linkIn, linkOut } from './linked-compartments.ts';

const httpIn = (id: string, z: string, url: string, next: string): FlowEntry => ({
  ...{ id, type: 'http in', z, name: '', url, method: 'get', upload: false, x: 1, y: 1, wires: [[next]] },
});
const answer = (id: string, z: string): FlowEntry => ({
  ...{ id, type: 'http response', z, name: '', statusCode: '', headers: {}, x: 1, y: 1, wires: [] },
});
const libs = ['process', 'fs', 'os'].map((name) => ({ var: name, module: name }));

/** What a flow of the tab can see of where it runs. */
const whereAmI = `msg.payload = {
  uid: process.getuid(),
  host: os.hostname(),
  status: fs.readFileSync('/proc/self/status', 'utf8'),
  environment: Object.keys(process.env),
  arguments: fs.readFileSync('/proc/self/cmdline', 'utf8'),
  home: global.get('home') ?? null,
};
return msg;`;

/** Ends the compartment in the way that the query names. */
const die = `node.status({ text: 'dying' });
switch (msg.req.query.how) {
  case 'throw': process.nextTick(() => { throw new Error('broken on purpose'); }); break;
  case 'exit': process.exit(3); break;
  case 'hang': while (true) { /* never lets go */ } break;
  case 'heap': { const kept = []; setInterval(() => { kept.push(new Array(1e6).fill(0.5)); }, 1); break; }
  case 'buffers': { const kept = []; setInterval(() => { kept.push(Buffer.alloc(50_000_000, 1)); }, 1); break; }
}`;

/** Many messages in one turn of the event loop, each of which costs a little: legal, and longer than the hang limit. */
const burst = `const until = Date.now() + Number(msg.req.query.ms);
const many = [];
for (let at = Date.now(); at < until; at += 20) many.push({});
node.send([many, null]);
node.send([null, msg]);`;

export function containedFlows({
  launcher = 'container',
  answering = whereAmI,
}: {
  launcher?: 'process' | 'container';
  answering?: string;
} = {}): FlowEntry[] {
  const boxed = { ...tab('boxed'), env: [{ name: 'BULKHEAD_LAUNCHER', value: launcher, type: 'str' }] };
  return [
    boxed,
    tab('plain'),
    tab('other'),
    httpIn('where', 'boxed', '/boxed/where', 'look'),
    func('look', 'boxed', answering, ['where-answer'], { libs }),
    answer('where-answer', 'boxed'),
    httpIn('die', 'boxed', '/boxed/die', 'dying'),
    func('dying', 'boxed', die, [], { libs }),
    httpIn('burst', 'boxed', '/boxed/burst', 'bursting'),
    { ...func('bursting', 'boxed', burst, []), outputs: 2, wires: [['spin'], ['burst-answer']] },
    func('spin', 'boxed', 'const end = Date.now() + 20; while (Date.now() < end) { /* work */ }', []),
    answer('burst-answer', 'boxed'),
    { id: 'press', type: 'inject', z: 'boxed', name: '', props: [], x: 1, y: 1, wires: [['pressed']] },
    func(
      'pressed',
      'boxed',
      'global.set("pressed", "in the container"); node.warn("pressed inside"); node.status({text: "pressed"}); return msg;',
      ['shown'],
    ),
    {
      ...{ id: 'shown', type: 'debug', z: 'boxed', name: '', active: true, tosidebar: true, console: true },
      complete: 'true',
      targetType: 'full',
      x: 1,
      y: 1,
      wires: [],
    },
    // From a process into the container and back.
    httpIn('through', 'plain', '/plain/through', 'count'),
    func(
      'count',
      'plain',
      'for (let i = 0; i < 500; i++) node.send({ payload: i }); msg.payload = "ask"; return msg;',
      ['to-box'],
    ),
    linkOut('to-box', 'plain', ['in-box']),
    linkIn('in-box', 'boxed', ['collect']),
    func(
      'collect',
      'boxed',
      `const seen = context.get('seen') ?? [];
if (typeof msg.payload === 'number') { seen.push(msg.payload); context.set('seen', seen); return; }
context.set('seen', []);
msg.payload = { seen, uid: process.getuid(), when: new Date(0) };
return msg;`,
      ['from-box'],
      { libs },
    ),
    linkOut('from-box', 'boxed', ['back']),
    linkIn('back', 'plain', ['type']),
    func('type', 'plain', 'msg.payload.whenIsDate = msg.payload.when instanceof Date; return msg;', ['through-answer']),
    answer('through-answer', 'plain'),
    httpIn('global', 'plain', '/plain/global', 'read'),
    func('read', 'plain', 'msg.payload = { pressed: global.get("pressed") ?? null }; return msg;', ['global-answer']),
    answer('global-answer', 'plain'),
    httpIn('still', 'other', '/other', 'still-answer'),
    answer('still-answer', 'other'),
  ];
}

/** `bulkhead.yaml` for a house that needs neither broker nor database. */
export const settingsFor = ({ socket, image }: { socket: string; image: string }, network = 'host'): string => `
plant: { enabled: false }
mqtt: { url: 'mqtt://127.0.0.1:1' }
postgres: { host: 127.0.0.1, port: 1 }
limits: { hangMs: 4000, rssMb: 300, heapMb: 128 }
container:
  engine: ${socket}
  image: ${image}
  network: ${network}
  mountInstallation: true
`;
