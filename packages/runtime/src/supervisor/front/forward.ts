/**
 * Hands requests on to processes of the house over their unix sockets, bodies and trailers as they come. The head that such
 * a process gets is its framing and the passport; answers go to the client as they are, but for what concerns the
 * connection.
 */
import { Agent, type ClientRequest, type IncomingMessage, request as ask, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { passedOnHeader, passportHeader, passportOf } from '../../protocol/passport.ts';

export interface Errand {
  readonly socketPath: string;
  /** Of a request to a flow. */
  readonly number?: string;
}

export interface WebErrand extends Errand {
  /** What was read of the body already, and what is still to come of it. */
  readonly body?: Readable | null;
  /** A look at the answer before the client gets any of it; true: it is not to get this one. */
  instead?(answered: IncomingMessage): boolean;
  /** The whole answer has come. */
  answered?(): void;
  failed(error: Error): void;
}

export interface UpgradeErrand extends Errand {
  failed(error: Error): void;
}

export interface Forwarder {
  web(request: IncomingMessage, response: ServerResponse, errand: WebErrand): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, errand: UpgradeErrand): void;
  close(): void;
}

/** Set-Cookie and the like may be long; the client has a limit of its own. */
const maxHeaderSize = 256 * 1024;

/** Of the connection and of the house. */
const notForClients = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', passedOnHeader]);

export function createForwarder(): Forwarder {
  /**
   * A client's connection has one of its own to each process, kept as long as it is: so a socket means one client there, as
   * it would without a front. Connections that are not kept would be closed by the other side as soon as it has answered;
   * Node.js writes an empty chunk after a body, and where that came later, 1 to 8 % of the POSTs failed with EPIPE.
   */
  const agents = new Map<Duplex, Agent>();
  const agentOf = (client: Duplex): Agent => {
    const known = agents.get(client);
    if (known) return known;
    const agent = new Agent({ keepAlive: true });
    agents.set(client, agent);
    client.once('close', () => {
      agents.delete(client);
      agent.destroy();
    });
    return agent;
  };

  return {
    web(request, response, { socketPath, number, body, instead, answered: wasAnswered, failed }) {
      const asked = ask({
        socketPath,
        agent: agentOf(request.socket),
        method: request.method,
        path: request.url,
        headers: [...hostOf(request), ...framingOf(request), passportHeader, passportOf(request, number)],
        maxHeaderSize,
      });
      const sent = body ?? request;
      let over = false;
      const fail = (error: Error): void => {
        asked.destroy();
        // What the client still sends is read to its end: its next request comes after it.
        sent.unpipe(asked).resume();
        if (over) return;
        over = true;
        failed(error);
      };
      response.on('close', () => {
        over = true;
        if (!response.writableFinished) asked.destroy();
      });
      asked.on('error', fail);
      asked.on('response', (answered) => {
        answered.on('error', fail);
        answered.on('end', () => wasAnswered?.());
        if (instead?.(answered)) {
          over = true;
          answered.resume();
          return;
        }
        try {
          passBack(request, response, answered);
        } catch (error) {
          fail(error instanceof Error ? error : new Error(String(error)));
        }
      });
      sendBody(request, sent, asked, fail);
    },

    upgrade(request, socket, head, { socketPath, number, failed }) {
      if (request.method !== 'GET' || request.headers.upgrade?.toLowerCase() !== 'websocket') {
        socket.destroy();
        return;
      }
      const asked = ask({
        socketPath,
        agent: false,
        path: request.url,
        headers: [
          ...hostOf(request),
          ...['connection', 'Upgrade', 'upgrade', 'websocket'],
          ...[passportHeader, passportOf(request, number)],
        ],
        maxHeaderSize,
      });
      let isAnswered = false;
      socket.on('close', () => asked.destroy());
      asked.on('error', (error) => {
        if (isAnswered || socket.destroyed) return void socket.destroy();
        failed(error);
      });
      asked.on('upgrade', (answered, other, first) => {
        isAnswered = true;
        socket.write(headText(answered, answered.rawHeaders));
        join(socket, head, other, first);
      });
      // It was refused.
      asked.on('response', (answered) => {
        isAnswered = true;
        answered.on('error', () => socket.destroy());
        socket.write(headText(answered, [...forClients(answered.rawHeaders), 'connection', 'close']));
        answered.pipe(socket);
      });
      asked.end();
    },

    close() {
      for (const agent of agents.values()) agent.destroy();
      agents.clear();
    },
  };
}

const hostOf = ({ headers }: IncomingMessage): string[] => ['host', headers.host ?? 'localhost'];

/** One that says nothing of a body has none; Node.js would say for some methods that its length is not known. */
function framingOf({ headers }: IncomingMessage): string[] {
  if (headers['transfer-encoding'] !== undefined) return ['transfer-encoding', 'chunked'];
  return ['content-length', headers['content-length'] ?? '0'];
}

function sendBody(request: IncomingMessage, body: Readable, asked: ClientRequest, fail: (error: Error) => void): void {
  body.on('error', fail);
  body.on('end', () => {
    if (asked.destroyed) return;
    if (request.rawTrailers.length > 0) asked.addTrailers(pairsOf(request.rawTrailers));
    asked.end();
  });
  body.pipe(asked, { end: false });
}

function passBack(request: IncomingMessage, response: ServerResponse, answered: IncomingMessage): void {
  const { statusCode = 502, statusMessage = '', rawHeaders, headers } = answered;
  const inChunks = headers['transfer-encoding'] !== undefined;
  const mayTrail = inChunks && request.httpVersion === '1.1' && request.method !== 'HEAD';
  const kept = forClients(rawHeaders, mayTrail ? undefined : 'trailer');
  if (headers.connection?.toLowerCase() === 'close') kept.push('Connection', 'close');
  response.sendDate = false;
  response.writeHead(statusCode, statusMessage, kept);
  answered.on('end', () => {
    if (mayTrail && answered.rawTrailers.length > 0) response.addTrailers(pairsOf(answered.rawTrailers));
    response.end();
  });
  let hasCome = false;
  answered.once('data', () => (hasCome = true));
  answered.pipe(response, { end: false });
  // A head that comes alone is news as well: the beginning of a stream of events. `flushHeaders` would write it as UTF-8.
  setImmediate(() => {
    if (!hasCome && !response.destroyed && !response.writableEnded) response.write(Buffer.alloc(0));
  });
}

function join(client: Duplex, head: Buffer, other: Duplex, first: Buffer): void {
  if (head.length > 0) client.unshift(head);
  if (first.length > 0) other.unshift(first);
  for (const [one, two] of [
    [client, other],
    [other, client],
  ] as const) {
    one.on('error', () => two.destroy());
    one.on('close', () => two.destroy());
    if (one instanceof Socket) one.setNoDelay(true).setTimeout(0);
    one.pipe(two);
  }
  if (client instanceof Socket) client.setKeepAlive(true);
}

function forClients(rawHeaders: readonly string[], also?: string): string[] {
  return pairsOf(rawHeaders)
    .filter(([name]) => !notForClients.has(name.toLowerCase()) && name.toLowerCase() !== also)
    .flat();
}

function pairsOf(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let n = 0; n + 1 < raw.length; n += 2) pairs.push([raw[n] ?? '', raw[n + 1] ?? '']);
  return pairs;
}

function headText({ statusCode, statusMessage }: IncomingMessage, raw: readonly string[]): Buffer {
  const lines = pairsOf(raw).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`HTTP/1.1 ${statusCode} ${statusMessage}\r\n${lines.join('')}\r\n`, 'latin1');
}
