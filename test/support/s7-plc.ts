import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { freePort } from './free-port.ts';
import { snap7Folder } from './snap7.ts';

export type PlcArea = { area: 'I' | 'Q' | 'M' | 'C' | 'T' } | { area: 'DB'; db: number };

export interface S7Plc {
  readonly port: number;
  /** Makes an area anew, of that content. */
  register(area: PlcArea, bytes: Buffer): Promise<void>;
  unregister(area: PlcArea): Promise<void>;
  /** Changes the content of an area; it keeps its size. */
  set(area: PlcArea, bytes: Buffer): Promise<void>;
  get(area: PlcArea): Promise<Buffer>;
  close(): Promise<void>;
}

export interface PlcMemory {
  area: PlcArea;
  bytes: Buffer;
}

interface Answer {
  id: number;
  result?: unknown;
  error?: string;
}

function isAnswer(candidate: unknown): candidate is Answer {
  return typeof candidate === 'object' && candidate !== null && 'id' in candidate;
}

/** Starts the S7 server of snap7, which nobody here wrote, with this memory. */
export async function startS7Plc(
  memory: readonly PlcMemory[],
  options: { port?: number; maxPdu?: number } = {},
): Promise<S7Plc> {
  const folder = await snap7Folder();
  const port = options.port ?? (await freePort());
  const child: ChildProcess = fork(path.join(import.meta.dirname, '../fixtures/s7-plc-process.cjs'), [folder], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  child.on('message', (message: unknown) => {
    if (isAnswer(message)) waiting.get(message.id)?.(message);
  });
  child.on('exit', (code, signal) => {
    for (const answer of waiting.values()) answer({ id: 0, error: `the PLC process ended with ${code ?? signal}` });
  });
  const ask = (command: string, value: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      lastId += 1;
      const id = lastId;
      waiting.set(id, ({ result, error }) => {
        waiting.delete(id);
        if (error === undefined) resolve(result);
        else reject(new Error(`${command}: ${error}`));
      });
      child.send({ id, command, value });
    });
  const hex = (area: PlcArea, bytes: Buffer): object => ({ ...area, bytes: bytes.toString('hex') });
  await ask('start', { port, maxPdu: options.maxPdu, areas: memory.map(({ area, bytes }) => hex(area, bytes)) });
  return {
    port,
    register: async (area, bytes) => void (await ask('register', hex(area, bytes))),
    unregister: async (area) => void (await ask('unregister', area)),
    set: async (area, bytes) => void (await ask('set', hex(area, bytes))),
    get: async (area) => Buffer.from(String(await ask('get', area)), 'hex'),
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
