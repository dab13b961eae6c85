import { deepEqual, equal } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@bulkhead/core';
import { dial } from '../../packages/runtime/src/protocol/dial.ts';
import { globalBounds } from '../../packages/runtime/src/protocol/global-bounds.ts';
import { protocolVersion, type Role } from '../../packages/runtime/src/protocol/messages.ts';
import { createToken, deriveToken } from '../../packages/runtime/src/protocol/token.ts';
import { type DialIns, type DialledSpare, openDialIns } from '../../packages/runtime/src/supervisor/dial-ins.ts';
import { GlobalHub } from '../../packages/runtime/src/supervisor/global-context/hub.ts';
import { Spares } from '../../packages/runtime/src/supervisor/spares/spares.ts';

describe('the door for those who dial in', () => {
  const secret = createToken();
  const tokenOf = (name: string): string => deriveToken(secret, name);
  let folder: string;
  let socketPath: string;
  let dialIns: DialIns;
  let turnedAway: string[];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bh-'));
    socketPath = path.join(folder, 's.sock');
    turnedAway = [];
    dialIns = await openDialIns({
      socketPath,
      secret,
      accept: () => undefined,
      owner: () => undefined,
      compartments: () => [],
      globals: new GlobalHub({
        onContention() {},
        onChanged() {},
        bounds: globalBounds,
        now: Date.now,
        firstVersion: 1,
      }),
      spares: new Spares<DialledSpare>({
        wanted: () => [],
        quiet: () => false,
        start: () => Promise.reject(new Error('none is wanted')),
        rename: () => Promise.reject(new Error('none is there')),
        kill() {},
        clock: systemClock,
        log() {},
      }),
      onFlows() {},
      onNoFlows() {},
      clearContext: () => Promise.resolve(),
      onEditor() {},
      audit() {},
      sessions() {},
      log: (line) => turnedAway.push(line),
    });
  });
  afterEach(async () => {
    await dialIns.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** What the door says to a hello: `welcome`, or why not. */
  const knock = (role: Role, id: string, token: string): Promise<string> =>
    new Promise((resolve) => {
      const answered = (answer: string): void => {
        dialled.close();
        resolve(answer);
      };
      const dialled = dial(
        { path: socketPath },
        {
          hello: () => ({ type: 'hello', protocol: protocolVersion, role, id, token, pid: process.pid }),
          onMessage() {},
          onOpen: () => answered('welcome'),
          onRefused: answered,
        },
      );
    });

  it('lets in the editor and the namespace service with a token of their own', async () => {
    equal(await knock('editor', 'editor', tokenOf('editor')), 'welcome');
    equal(await knock('service', 'namespace', tokenOf('namespace')), 'welcome');
  });

  it('refuses a token of a compartment to whoever claims to be anything else', async () => {
    const token = tokenOf('compartment:tab');
    const claims: [Role, string][] = [
      ['editor', 'editor'],
      ['editor', 'tab'],
      ['service', 'namespace'],
      ['service', 'tab'],
      ['supervisor', 'tab'],
      ['spare', 'tab'],
      ['compartment', 'other'],
    ];
    const answers: string[] = [];
    for (const [role, id] of claims) answers.push(await knock(role, id, token));
    deepEqual(
      answers,
      claims.map(() => 'wrong token'),
    );
    equal(turnedAway.length, claims.length);
    equal(dialIns.editorConnected, false);
    // The token itself is good: what is wrong here is only that there is no such tab.
    equal(await knock('compartment', 'tab', token), 'no such compartment');
  });
});
