import type { FlowEntry } from '../../test/support/bulkhead-http.ts';

/** What one tab may do to a Node-RED; each is a function node behind an inject button with the id `press-NAME`. */
export const faults: Readonly<Record<string, string>> = {
  'endless loop': 'while (true) {}',
  'unhandled rejection': "Promise.reject(new Error('bench'));",
  'heap exhausted': 'const kept = []; for (;;) kept.push(new Array(100000).fill({}));',
  '400 MB of buffers': 'global.set("kept", Array.from({ length: 40 }, () => Buffer.alloc(10485760, 1)));',
  'process.exit': 'process.exit(1);',
  '50,000 debug messages': 'for (let i = 0; i < 50000; i++) node.send({ payload: i });',
};

export const pressId = (fault: string): string => `press-${fault.replaceAll(/[^a-z0-9]/gi, '')}`;

/** Two tabs: a 50 ms ticker that sends a UDP datagram, and one button per fault. */
export function faultFlows(udpPort: number): FlowEntry[] {
  const buttons = Object.entries(faults).flatMap(([name, func], index): FlowEntry[] => {
    const id = pressId(name);
    return [
      {
        id,
        type: 'inject',
        z: 'faults',
        name,
        props: [],
        repeat: '',
        once: false,
        x: 150,
        y: 60 + index * 60,
        wires: [[`${id}-do`]],
      },
      // Only what every Node-RED allows a function node; `process` is not a global there.
      {
        id: `${id}-do`,
        type: 'function',
        z: 'faults',
        name,
        func,
        outputs: 1,
        libs: [{ var: 'process', module: 'process' }],
        x: 350,
        y: 60 + index * 60,
        wires: [['show']],
      },
    ];
  });
  return [
    { id: 'ticker', type: 'tab', label: 'Ticker' },
    {
      id: 'tick',
      type: 'inject',
      z: 'ticker',
      name: 'every 50 ms',
      props: [{ p: 'payload' }],
      payload: 'tick',
      payloadType: 'str',
      repeat: '0.05',
      once: false,
      x: 150,
      y: 60,
      wires: [['send']],
    },
    {
      id: 'send',
      type: 'udp out',
      z: 'ticker',
      name: '',
      addr: '127.0.0.1',
      iface: '',
      port: String(udpPort),
      ipv: 'udp4',
      outport: '',
      base64: false,
      multicast: 'false',
      x: 350,
      y: 60,
      wires: [],
    },
    { id: 'faults', type: 'tab', label: 'Faults' },
    ...buttons,
    {
      id: 'show',
      type: 'debug',
      z: 'faults',
      name: 'show',
      active: true,
      tosidebar: true,
      complete: 'payload',
      x: 550,
      y: 60,
      wires: [],
    },
  ];
}
