/**
 * What a process of the house is told of a request beside its body: the head as the client wrote it, and who the client is.
 *
 * The front speaks HTTP of its own with the editor and with compartments, so the head of that request is the front's: its
 * framing, its connection. The client's travels as JSON in one header, and the process puts it back before anything looks
 * at the request. A client cannot forge it: of its own head nothing but this is handed on.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { isRecord } from '@bulkhead/core';

export const passportHeader = 'x-bulkhead-passport';
/** On an answer of the editor that serves nothing there; clients do not see it. */
export const passedOnHeader = 'x-bulkhead-passed-on';
/** Clients may send heads of 16 KB; quotation marks double in JSON. */
export const mostPassportBytes = 128 * 1024;

/** Not on the requests: flows would see it. */
const numbers = new WeakMap<object, string>();
/** Under which number the front keeps a request that it handed to a flow. */
export const requestNumberOf = (request: object): string | undefined => numbers.get(request);
export const rememberRequestNumber = (request: object, number: string): void => void numbers.set(request, number);

/** Of a connection, as a socket has them. */
const ends = ['remoteAddress', 'remotePort', 'remoteFamily', 'localAddress', 'localPort', 'localFamily'] as const;

/** `number`: under which the front keeps it, where it is for a flow. */
export function passportOf(request: IncomingMessage, number?: string): string {
  const { rawHeaders, httpVersion, socket } = request;
  return JSON.stringify({
    rawHeaders,
    httpVersion,
    ends: Object.fromEntries(ends.map((name) => [name, socket[name]])),
    ...(number === undefined ? {} : { number }),
  });
}

/** Makes the request that of the client. One that has no passport stays as it is. */
export function takePassport(request: IncomingMessage): void {
  const text = request.headers[passportHeader];
  if (typeof text !== 'string') return;
  const passport: unknown = JSON.parse(text);
  if (!isRecord(passport)) return;
  const { rawHeaders, httpVersion, number } = passport;
  if (Array.isArray(rawHeaders)) putBackHead(request, rawHeaders);
  if (typeof httpVersion === 'string') {
    const [major, minor] = httpVersion.split('.').map(Number);
    Object.assign(request, { httpVersion, httpVersionMajor: major, httpVersionMinor: minor });
  }
  if (isRecord(passport['ends'])) nameEnds(request.socket, passport['ends']);
  if (typeof number === 'string') rememberRequestNumber(request, number);
}

/** As Node.js's own parser does, so that names which come twice are joined or left out by its rules. */
function putBackHead(request: IncomingMessage, rawHeaders: readonly unknown[]): void {
  const headers = {};
  const headersDistinct = { __proto__: null };
  for (let n = 0; n + 1 < rawHeaders.length; n += 2) {
    add(request, '_addHeaderLine', [rawHeaders[n], rawHeaders[n + 1], headers]);
    add(request, '_addHeaderLineDistinct', [rawHeaders[n], rawHeaders[n + 1], headersDistinct]);
  }
  Object.assign(request, { rawHeaders, headers, headersDistinct });
}

function add(request: IncomingMessage, method: string, line: readonly unknown[]): void {
  const found: unknown = Reflect.get(request, method);
  if (typeof found === 'function') Reflect.apply(found, request, line);
}

/** The front uses a connection for one client alone, so what is said of it stays true. */
function nameEnds(socket: Socket, known: Readonly<Record<string, unknown>>): void {
  for (const name of ends) Object.defineProperty(socket, name, { configurable: true, value: known[name] });
}
