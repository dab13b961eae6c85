import { deepEqual } from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import type { SupervisorBoot } from '../../packages/runtime/src/protocol/boot.ts';
import { dial } from '../../packages/runtime/src/protocol/dial.ts';
import { usualLimits, watchdogOnly } from '../../packages/runtime/src/protocol/limits.ts';
import { type Listener, listen } from '../../packages/runtime/src/protocol/listen.ts';
import {
  type ChildStatus,
  type FlowNode,
  type FromEditor,
  type FromKeeper,
  protocolVersion,
  type ToEditor,
  type ToKeeper,
} from '../../packages/runtime/src/protocol/messages.ts';
import type { Peer } from '../../packages/runtime/src/protocol/peer.ts';
import { defaultRules } from '../../packages/runtime/src/protocol/plan-rules.ts';
import { usualPrivilege } from '../../packages/runtime/src/protocol/privilege.ts';
import { createToken, deriveToken } from '../../packages/runtime/src/protocol/token.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

const program = path.resolve(import.meta.dirname, '../../packages/runtime/dist/supervisor.js');
const flows: FlowNode[] = ['lives', 'new'].flatMap((id) => [
  { id, type: 'tab', label: id },
  { id: `${id}-node`, z: id, type: 'comment', name: id, x: 100, y: 100, wires: [] },
]);

/** A keeper whose child `lives`, and who is asked which children there are before anybody may answer. */
describe('a supervisor that was started anew', function () {
  this.timeout(30_000);
  const secret = createToken();
  const keeperToken = createToken();
  let folder = '';
  let port = 0;
  let keeper: Listener;
  let supervisor: ChildProcess;
  const asked: string[] = [];
  let answerList: (() => void) | undefined;

  const status = (name: string, pid: number): ChildStatus => ({
    name,
    role: 'compartment',
    pid,
    state: 'running',
    startedAt: Date.now(),
    restarts: 0,
    lastExit: null,
    limitsBy: watchdogOnly,
  });
  const onMessage = (message: ToKeeper, peer: Peer<FromKeeper>): void => {
    if (message.type === 'list') {
      answerList ??= () =>
        peer.send({ type: 'reply', callId: message.callId, ok: true, value: [status('compartment:lives', 4_000_001)] });
    }
    if (message.type === 'start') {
      asked.push(message.spec.name);
      const value = status(message.spec.name, 4_000_002);
      peer.send({ type: 'reply', callId: message.callId, ok: true, value });
    }
  };

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bh-'));
    const [keeperSocket, supervisorSocket] = [path.join(folder, 'k.sock'), path.join(folder, 's.sock')];
    keeper = await listen<ToKeeper, FromKeeper>(
      { path: keeperSocket },
      {
        authenticate: () => null,
        onPeer: (peer) => ({ onMessage: (message) => onMessage(message, peer), onClose: () => {} }),
        onTurnedAway: () => {},
      },
    );
    port = await freePort();
    const boot: SupervisorBoot = {
      home: folder,
      runDirectory: folder,
      host: '127.0.0.1',
      port,
      hosts: [],
      keeperSocket,
      keeperToken,
      supervisorSocket,
      secret,
      flowsKey: createToken(),
      editorHttpSocket: path.join(folder, 'e.sock'),
      services: {},
      rules: defaultRules,
      limits: usualLimits,
      spares: 0,
      onCrashLoop: 'quarantine',
      launcher: 'process',
      containers: { socket: '', image: '', network: 'host', address: '', pids: 1, mountInstallation: false },
      installation: folder,
      privilege: usualPrivilege,
      programs: { node: process.execPath, supervisor: '', editor: '', compartment: '', container: '' },
      compartmentEnv: {},
      nodesDirs: [],
      editorUserDir: folder,
      compartmentsDirectory: path.join(folder, 'compartments'),
      serviceNames: [],
    };
    supervisor = spawn(process.execPath, [program], { stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'pipe'] });
    const [, , , bootPipe] = supervisor.stdio;
    if (bootPipe instanceof Writable) bootPipe.end(`${JSON.stringify(boot)}\n`);
  });

  after(async () => {
    supervisor.kill('SIGKILL');
    await once(supervisor, 'exit');
    await keeper.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('starts no second process beside one that lives, though the editor tells of the flows before the keeper of it', async () => {
    const editor = dial<ToEditor, FromEditor>(
      { path: path.join(folder, 's.sock') },
      {
        hello: () => ({
          type: 'hello',
          protocol: protocolVersion,
          role: 'editor',
          id: 'editor',
          token: deriveToken(secret, 'editor'),
          pid: process.pid,
        }),
        onOpen: (peer) =>
          peer.send({
            type: 'flows',
            flows,
            credentials: {},
            rev: '1',
            deployType: 'load',
            palette: [],
            userDir: folder,
          }),
        onMessage: () => {},
      },
    );
    try {
      await until(() => answerList !== undefined && editor.peer !== null, { deadlineMs: 10_000, what: 'the question' });
      // On the same connection after the flows: when it is known, they have arrived.
      editor.send({ type: 'listening', socketPath: path.join(folder, 'e.sock') });
      await until(async () => !/"editor"/.test(await (await fetch(`http://127.0.0.1:${port}/readyz`)).text()), {
        deadlineMs: 10_000,
        what: 'the flows have arrived',
      });
      answerList?.();
      await until(() => asked.includes('compartment:new'), { deadlineMs: 10_000, what: 'a process for the other tab' });
      deepEqual(asked, ['compartment:new']);
    } finally {
      editor.close();
    }
  });
});
