import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openPorter } from '../../../packages/runtime/src/compartment/porter.ts';
import { type Gate, openGate } from '../../../packages/runtime/src/container/gate.ts';
import { selfSigned } from '../../../packages/runtime/src/protocol/certificate.ts';
import { openStream } from '../../../packages/runtime/src/protocol/stream.ts';
import { until } from '../../support/until.ts';

const [own, theirs] = [selfSigned('gate'), selfSigned('container')];

describe('the gate of a container', () => {
  let folder: string;
  let gate: Gate;
  const servers: Server[] = [];
  const logged: string[] = [];
  const at = (name: string): string => path.join(folder, name);

  beforeEach(async () => {
    logged.length = 0;
    folder = mkdtempSync(path.join(tmpdir(), 'bh-gate-'));
    gate = await openGate({
      host: '127.0.0.1',
      tls: { ...own, peer: theirs.certificate },
      runDirectory: folder,
      supervisorSocket: at('supervisor.sock'),
      sockets: { http: at('c.sock'), links: at('l.sock') },
      log: (line) => void logged.push(line),
    });
  });
  afterEach(() => {
    gate.close();
    for (const server of servers.splice(0)) server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const access = () => ({ host: '127.0.0.1', port: gate.port, ...theirs, peer: own.certificate });
  /** Says back what it hears, after its name. */
  const serve = async (name: string): Promise<void> => {
    const server = createServer((socket: Socket) => {
      socket.on('error', () => {});
      socket.on('data', (chunk) => socket.write(`${name} heard ${chunk.toString()}`));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(at(name), resolve));
  };
  const said = (socket: Socket): (() => string) => {
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    return () => text;
  };
  const knock = (wants: string): { heard: () => string; closed: () => boolean } => {
    const { host, port, ...proof } = access();
    const socket = openStream({ host, port, tls: { ...proof, wants } }, () => socket.write('hello'));
    return { heard: said(socket), closed: () => socket.destroyed };
  };

  it('leads to the supervisor and to the links of others, and to nothing else in the run directory', async () => {
    const link = 'l-0123456789abcdef.sock';
    for (const name of ['supervisor.sock', link, 'keeper.sock', 'editor-http.sock']) await serve(name);
    for (const name of ['supervisor.sock', link]) {
      const { heard } = knock(name);
      await until(() => heard() === `${name} heard hello`, { deadlineMs: 5_000, what: `${name} answers` });
    }
    for (const name of ['keeper.sock', 'editor-http.sock', '../etc/passwd', 'c.sock', '']) {
      const { heard, closed } = knock(name);
      await until(closed, { deadlineMs: 5_000, what: `${name} is closed` });
      assert.equal(heard(), '');
    }
    assert.match(logged.join('\n'), /asked for "keeper.sock", which is not for it/);
  });

  it('brings visitors to what the container serves, more of them than connections are held ready', async () => {
    await serve('inside-http');
    openPorter({ httpSocket: at('inside-http'), linkSocket: at('inside-links') }, access(), () => {});
    const visitors = Array.from({ length: 20 }, (_, index) => {
      const visitor = connect(at('c.sock'));
      visitor.write(`visitor ${index}`);
      return { visitor, heard: said(visitor) };
    });
    for (const [index, { visitor, heard }] of visitors.entries()) {
      const what = `an answer for visitor ${index}`;
      await until(() => heard() === `inside-http heard visitor ${index}`, { deadlineMs: 10_000, what });
      visitor.destroy();
    }
  });

  it('tells the container by its end that nobody keeps it', async () => {
    let gone = false;
    openPorter({ httpSocket: at('a'), linkSocket: at('b') }, access(), () => {
      gone = true;
    });
    const { heard } = knock('supervisor.sock');
    await until(() => heard() === '', { deadlineMs: 1_000, what: 'it is up' });
    assert.equal(gone, false);
    gate.close();
    await until(() => gone, { deadlineMs: 10_000, what: 'the container knows' });
  });

  it('shows the door to whoever cannot prove to be the container', async () => {
    const { host, port } = access();
    const stranger = selfSigned('stranger');
    const tls = { ...stranger, peer: own.certificate, wants: 'supervisor.sock' };
    const socket = openStream({ host, port, tls }, () => socket.write('hello'));
    const heard = said(socket);
    await until(() => socket.destroyed, { deadlineMs: 5_000, what: 'it is closed' });
    assert.equal(heard(), '');
    assert.match(logged.join('\n'), /could not prove/);
  });
});
