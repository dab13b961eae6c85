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
  readonly process: StartedProcess;
  readonly userDir: string;
  get(url: string, headers?: Record<string, string>): Promise<Answer>;
  post(url: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
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
  const child = startProcess('editor/main.ts', {
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
    process: child,
    userDir,
    get: (url, headers = {}) => ask(httpSocket, 'GET', url, { headers }),
    post: (url, body, headers = {}) => ask(httpSocket, 'POST', url, { body, headers }),
    async close() {
      if (child.child.exitCode === null && child.child.signalCode === null) await child.kill();
      await supervisor.close();
    },
  };
  if (wait) {
    try {
      await supervisor.next('listening', 0, 30_000);
      await supervisor.next('flows', 0, 30_000);
    } catch (error) {
      await editor.close();
      throw new Error(`the editor did not come up; it printed:\n${child.output()}`, { cause: error });
    }
  }
  return editor;
}
