/**
 * The embedded MQTT broker: aedes on loopback, in memory, MQTT 3.1.1, one user. For `npm start` and tests; a plant
 * names a real broker in `bulkhead.yaml`.
 */
import { createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { lastWords, startBeats } from '../protocol/beats.ts';
import { type BrokerBoot, readBoot } from '../protocol/boot.ts';
import { endWhenKeeperGone } from '../protocol/orphan-guard.ts';
import { tokenMatches } from '../protocol/token.ts';
import { publisherTopic, watchPublishers } from './publishers.ts';

/** Bytes that may wait for one slow subscriber before it is disconnected: memory is all this broker has. */
const maxQueuedBytes = 64 * 1024 * 1024;
const checkEveryMs = 1_000;
const connectTimeoutMs = 10_000;

function parseBoot(value: unknown): BrokerBoot {
  if (typeof value === 'object' && value !== null && 'port' in value && 'username' in value && 'password' in value) {
    const { port, username, password } = value;
    const host = 'host' in value && typeof value.host === 'string' ? value.host : '127.0.0.1';
    if (typeof port === 'number' && typeof username === 'string' && typeof password === 'string') {
      return { host, port, username, password };
    }
  }
  throw new Error('the broker is started by the keeper, not by hand');
}

const boot = readBoot(parseBoot);
endWhenKeeperGone();
startBeats();

const aedes = await Aedes.createBroker({
  connectTimeout: connectTimeoutMs,
  authenticate: (_client, username, password, done) => {
    const given = password === undefined ? '' : Buffer.from(password).toString('utf8');
    done(null, tokenMatches(boot.username, username ?? '') && tokenMatches(boot.password, given));
  },
});
// A client that speaks garbage or MQTT 5 is closed by aedes; it is said once here and costs nobody else anything.
aedes.on('connectionError', (client, error) => say(`connection refused: ${client.id ?? 'unnamed'}: ${error.message}`));
aedes.on('clientError', (client, error) => say(`client ${client.id}: ${error.message}`));

const publishers = watchPublishers(100_000);
aedes.on('publish', ({ topic }, client) => {
  if (client === null || !topic.startsWith('umh/') || !publishers.changed(topic, client.id)) return;
  const packet = { cmd: 'publish', qos: 0, dup: false, retain: true } as const;
  aedes.publish({ ...packet, topic: publisherTopic(topic), payload: Buffer.from(client.id) }, () => {});
});

const sockets = new Set<Socket>();
const server = createServer((socket) => {
  sockets.add(socket);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => sockets.delete(socket));
  aedes.handle(socket);
});

setInterval(() => {
  for (const socket of sockets) {
    if (socket.writableLength <= maxQueuedBytes) continue;
    say(`a subscriber was disconnected: ${socket.writableLength} bytes waited for it`);
    socket.destroy();
  }
}, checkEveryMs).unref();

function say(line: string): void {
  process.stdout.write(`${line.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 300)}\n`);
}

function stop(): void {
  for (const socket of sockets) socket.destroy();
  server.close();
  aedes.close(() => process.exit(0));
  setTimeout(() => process.exit(0), 1_000).unref();
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

server.on('error', (error) => {
  lastWords({ reason: 'startup-failed', detail: `the broker cannot listen on port ${boot.port}: ${error.message}` });
  process.exit(1);
});
server.listen(boot.port, boot.host, () => say(`listening on ${boot.host}:${boot.port}`));
