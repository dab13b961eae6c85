import { connect } from 'node:net';
import { BulkheadError } from '@bulkhead/core';
import type { OpenTransport, S7Address } from '../s7-connection/transport.ts';
import { connectFrame, dataFrame, splitFrames, type Unit } from '../protocol/frame.ts';
import { type Message, parseMessage, parseSetup, requestBytes, setupRequest } from '../protocol/message.ts';

/** What the PLC sends in parts must end within this. */
const largestMessage = 65_536;
const lastReference = 0xffff;

type Stage = 'connecting' | 'transport' | 'agreeing' | 'open' | 'ended';

/**
 * S7 communication over one TCP socket (RFC 1006). Bytes are taken as a stream, however the network cuts them; the first
 * that cannot be S7 ends the connection, since no later one could be trusted.
 */
export function s7Transport(address: S7Address): OpenTransport {
  return (events) => {
    const { host, port, timeoutMs } = address;
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 });
    const waiting = new Map<number, (message: Message) => void>();
    let stage: Stage = 'connecting';
    let received: Buffer = Buffer.alloc(0);
    let parts: Buffer[] = [];
    let reference = 0;

    const destroy = (): void => {
      stage = 'ended';
      clearTimeout(opening);
      waiting.clear();
      socket.destroy();
    };
    const end = (reason: Error): void => {
      if (stage === 'ended') return;
      destroy();
      events.onEnd(reason);
    };
    const endAs = (code: string, text: string): void => end(new BulkheadError(code, text, { retryable: true }));
    const opening = setTimeout(() => endAs('connect-timeout', `no connection within ${timeoutMs} ms`), timeoutMs);

    const send = (request: Parameters<typeof requestBytes>[0], onAnswer: (message: Message) => void): void => {
      if (stage === 'ended') return;
      reference = (reference % lastReference) + 1;
      waiting.set(reference, onAnswer);
      socket.write(dataFrame(requestBytes(request, reference)));
    };

    const agree = (message: Message): void => {
      const agreement = parseSetup(message, address.wanted);
      if (typeof agreement === 'string') {
        endAs('refused', agreement);
        return;
      }
      clearTimeout(opening);
      stage = 'open';
      events.onOpen(agreement);
    };

    const hearMessage = (bytes: Buffer): void => {
      const parsed = parseMessage(bytes);
      if (!parsed.ok) {
        endAs('not-s7', `what answers is not S7 communication: ${parsed.reason}`);
        return;
      }
      const { message } = parsed;
      const onAnswer = waiting.get(message.reference);
      if (onAnswer === undefined) {
        endAs('not-s7', `an answer to request ${message.reference}, which nobody made`);
        return;
      }
      waiting.delete(message.reference);
      onAnswer(message);
    };

    const hear = (unit: Unit): void => {
      switch (unit.kind) {
        case 'disconnect':
          endAs(
            'refused',
            'the PLC refuses the connection: check rack and slot, or the TSAPs, and whether it has one left',
          );
          return;
        case 'confirm':
          if (stage !== 'transport') {
            endAs('not-s7', 'a connection is confirmed that stands already');
            return;
          }
          stage = 'agreeing';
          send(setupRequest(address.wanted), agree);
          return;
        case 'data': {
          if (stage !== 'agreeing' && stage !== 'open') {
            endAs('not-s7', 'data before the connection stands');
            return;
          }
          parts.push(unit.bytes);
          if (parts.reduce((sum, part) => sum + part.length, 0) > largestMessage) {
            endAs('not-s7', `a message of more than ${largestMessage} bytes`);
            return;
          }
          if (!unit.isLast) return;
          const bytes = parts.length === 1 ? unit.bytes : Buffer.concat(parts);
          parts = [];
          // Some PLCs acknowledge a request with an empty unit before they answer it.
          if (bytes.length > 0) hearMessage(bytes);
        }
      }
    };

    socket.on('connect', () => {
      if (stage !== 'connecting') return;
      stage = 'transport';
      socket.write(connectFrame(address.localTsap, address.remoteTsap));
    });
    socket.on('data', (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const split = splitFrames(received);
      if (!split.ok) {
        endAs('not-s7', `what answers is not S7 communication: ${split.reason}`);
        return;
      }
      received = split.rest;
      for (const unit of split.units) {
        if (stage === 'ended') return;
        hear(unit);
      }
    });
    socket.on('error', end);
    socket.on('close', () => endAs('closed', 'the PLC closed the connection'));
    return { send, destroy };
  };
}
