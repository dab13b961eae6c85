import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { connect as connectTls } from 'node:tls';
import type { Address, MutualTls } from '../../../packages/runtime/src/protocol/address.ts';
import { type Identity, selfSigned } from '../../../packages/runtime/src/protocol/certificate.ts';
import { type Dialled, dial } from '../../../packages/runtime/src/protocol/dial.ts';
import { type Listener, listen } from '../../../packages/runtime/src/protocol/listen.ts';
import { type Hello, protocolVersion, type Reply } from '../../../packages/runtime/src/protocol/messages.ts';
import { answerCall } from '../../../packages/runtime/src/protocol/peer.ts';
import { until } from '../../support/until.ts';

type Ask = { readonly type: 'ask'; readonly callId: number; readonly value: unknown };

const house = selfSigned('house');
const container = selfSigned('container');
const stranger = selfSigned('stranger');

const proof = (own: Identity, other: Identity): MutualTls => ({ ...own, peer: other.certificate });
const hello: Hello = { type: 'hello', protocol: protocolVersion, role: 'compartment', id: 'c', token: 't', pid: 1 };

describe('the stream protocol over TCP with TLS', () => {
  let listener: Listener;
  const dialled: Dialled<Ask>[] = [];
  const turnedAway: string[] = [];

  beforeEach(async () => {
    turnedAway.length = 0;
    listener = await listen<Ask, Reply>(
      { host: '127.0.0.1', port: 0, tls: proof(house, container) },
      {
        authenticate: ({ token }) => (token === 't' ? null : 'wrong token'),
        onPeer: (peer) => ({ onMessage: (ask) => void answerCall(peer, ask.callId, () => ask.value) }),
        onTurnedAway: (reason) => void turnedAway.push(reason),
      },
    );
  });
  afterEach(async () => {
    for (const connection of dialled.splice(0)) connection.close();
    await listener.close();
  });

  const port = (): number => ('port' in listener.address ? listener.address.port : 0);
  const open = (tls: MutualTls, token = 't', refused: (reason: string) => void = () => {}): Dialled<Ask> => {
    const address: Address = { host: '127.0.0.1', port: port(), tls };
    const connection = dial<Reply, Ask>(address, {
      hello: () => ({ ...hello, token }),
      onMessage: () => {},
      onRefused: refused,
    });
    dialled.push(connection);
    return connection;
  };

  it('carries what the protocol carries elsewhere', async () => {
    const connection = open(proof(container, house));
    await until(() => connection.peer, { deadlineMs: 5_000, what: 'it is let in' });
    const value = { at: new Date(0), big: 2n ** 70n, bytes: Buffer.alloc(3_000_000, 7), map: new Map([[1, 'one']]) };
    assert.deepEqual(await connection.call((callId) => ({ type: 'ask', callId, value })), value);
  });

  it('lets nobody in who shows another certificate than the one it was told', async () => {
    const connection = open(proof(stranger, house));
    await until(() => turnedAway.length > 0, { deadlineMs: 5_000, what: 'it is turned away' });
    assert.equal(connection.peer, null);
  });

  it('lets nobody in who shows no certificate at all', async () => {
    const socket = connectTls({ host: '127.0.0.1', port: port(), rejectUnauthorized: false });
    socket.on('error', () => {});
    await until(() => turnedAway.length > 0, { deadlineMs: 5_000, what: 'it is turned away' });
    socket.destroy();
    // Not for its silence, which would be enough for that too after a while.
    assert.match(turnedAway[0] ?? '', /did not return a certificate/);
  });

  it('says nothing to a house that shows another certificate than the one it was told', async () => {
    const connection = open(proof(container, stranger));
    await until(() => turnedAway.length > 0, { deadlineMs: 5_000, what: 'it hangs up' });
    assert.equal(connection.peer, null);
  });

  it('asks for the token behind the certificate too', async () => {
    const reasons: string[] = [];
    open(proof(container, house), 'wrong', (reason) => void reasons.push(reason));
    await until(() => reasons.length > 0, { deadlineMs: 5_000, what: 'it is refused' });
    assert.match(reasons[0] ?? '', /wrong token/);
  });

  it('makes certificates that are well-formed, sign themselves and never repeat', () => {
    const [one, two] = [new X509Certificate(house.certificate), new X509Certificate(container.certificate)];
    assert.equal(one.subject, 'CN=house');
    assert.ok(one.verify(one.publicKey));
    assert.ok(!one.verify(two.publicKey));
    assert.notEqual(one.serialNumber, two.serialNumber);
    assert.ok(one.validFromDate.getTime() < Date.now() && one.validToDate.getTime() > Date.now() + 3e11);
  });
});
