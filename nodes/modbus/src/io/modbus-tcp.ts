import { connect } from 'node:net';
import { BulkheadError } from '@bulkhead/core';
import type { OpenTransport } from '../modbus-connection/transport.ts';
import { frameBytes, splitFrames } from '../protocol/frame.ts';
import { parseReadReply, type ReadReply, readRequestBytes } from '../protocol/pdu.ts';
import type { Span } from '../protocol/read-plan.ts';

export interface TcpAddress {
  host: string;
  port: number;
  /** For making the connection. */
  timeoutMs: number;
}

const TRANSACTIONS = 0x10000;

interface Pending {
  unit: number;
  span: Span;
  onReply: (reply: ReadReply) => void;
}

/**
 * Modbus TCP over one socket. Transaction numbers use all 16 bits, so an answer that comes 65,535 requests late is
 * still told from the one it could be taken for. Bytes that are no Modbus frame end the connection: no later byte
 * could be trusted.
 */
export function tcpTransport(address: TcpAddress): OpenTransport {
  return (events) => {
    const pending = new Map<number, Pending>();
    let nextTransaction = 0;
    let received: Buffer = Buffer.alloc(0);
    let ended = false;
    const socket = connect({ host: address.host, port: address.port, noDelay: true, keepAlive: true });

    const end = (reason: Error): void => {
      if (ended) return;
      ended = true;
      clearTimeout(connecting);
      pending.clear();
      socket.destroy();
      events.onEnd(reason);
    };
    const connecting = setTimeout(() => {
      end(new BulkheadError('connect-timeout', `no connection within ${address.timeoutMs} ms`, { retryable: true }));
    }, address.timeoutMs);

    socket.on('connect', () => {
      clearTimeout(connecting);
      if (!ended) events.onOpen();
    });
    socket.on('error', end);
    socket.on('close', () => end(new BulkheadError('closed', 'the device closed the connection', { retryable: true })));
    socket.on('data', (data) => {
      events.onHeard();
      received = received.length === 0 ? data : Buffer.concat([received, data]);
      const split = splitFrames(received);
      if (!split.ok) {
        end(new BulkheadError('not-modbus', `what answers is not Modbus TCP: ${split.reason}`, { retryable: true }));
        return;
      }
      received = split.rest;
      for (const { transaction, body } of split.frames) {
        const waiting = pending.get(transaction);
        if (waiting === undefined) continue;
        pending.delete(transaction);
        waiting.onReply(parseReadReply(body, waiting.unit, waiting.span));
        if (ended) return;
      }
    });

    return {
      read(unit, span, onReply) {
        if (ended) return;
        nextTransaction = (nextTransaction + 1) % TRANSACTIONS;
        pending.set(nextTransaction, { unit, span, onReply });
        socket.write(frameBytes(nextTransaction, readRequestBytes(unit, span)));
      },
      destroy() {
        if (ended) return;
        ended = true;
        clearTimeout(connecting);
        pending.clear();
        socket.destroy();
      },
    };
  };
}
