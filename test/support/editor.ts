/** A real editor process with a fake supervisor, and requests over its unix socket. */
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { startProcess, type StartedProcess } from './child-process.ts';
import { type FakeSupervisor, startFakeSupervisor } from './fake-supervisor.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface EditorUnderTest {
  readonly supervisor: FakeSupervisor;
  /** The process of the last start. */
  process: StartedProcess;
  readonly httpSocket: string;
  readonly userDir: string;
  get(url: string, headers?: Record<string, string>): Promise<Answer>;
  post(url: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** After it has ended: starts it again on the same user directory and waits until it is up. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** One request over a unix socket. */
export function ask(
  socketPath: string,
  method: string,
  url: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const outgoing = request(
      {
        socketPath,
        method,
        path: url,
        headers: { ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
        incoming.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

/** Resolves once the editor has said that it listens and sent its flows. */
export async function startEditor({
  flows,
  boot = {},
  wait = true,
  prepare,
}: {
  flows?: unknown;
  boot?: Record<string, unknown>;
  wait?: boolean;
  prepare?: (userDir: string) => Promise<void>;
} = {}): Promise<EditorUnderTest> {
  const supervisor = await startFakeSupervisor();
  const userDir = path.join(supervisor.directory, 'editor');
  const httpSocket = path.join(supervisor.directory, 'e.sock');
  await mkdir(userDir);
  if (flows !== undefined)
    await writeFile(path.join(userDir, 'flows.json'), typeof flows === 'string' ? flows : JSON.stringify(flows));
  await prepare?.(userDir);
  const start = (): StartedProcess =>
    startProcess('editor/main.ts', {
      home: supervisor.directory,
      token: supervisor.token,
      supervisorSocket: supervisor.socket,
      userDir,
      httpSocket,
      nodesDirs: [],
      demo: false,
      services: {},
      ...boot,
    });
  const editor: EditorUnderTest = {
    supervisor,
    process: start(),
    httpSocket,
    userDir,
    get: (url, headers = {}) => ask(httpSocket, 'GET', url, { headers }),
    post: (url, body, headers = {}) => ask(httpSocket, 'POST', url, { body, headers }),
    async restart() {
      editor.process = start();
      await up();
    },
    async close() {
      const { child } = editor.process;
      if (child.exitCode === null && child.signalCode === null) await editor.process.kill();
      await supervisor.close();
    },
  };
  const up = async (): Promise<void> => {
    try {
      await supervisor.next('listening', 0, 30_000);
      await supervisor.next('flows', 0, 30_000);
    } catch (error) {
      const printed = editor.process.output();
      await editor.close();
      throw new Error(`the editor did not come up; it printed:\n${printed}`, { cause: error });
    }
  };
  if (wait) await up();
  return editor;
}
