import { BulkheadError } from '@bulkhead/core';
import type { OpenTransport } from '../modbus-connection/transport.ts';
import { frameBytes, splitFrames } from '../protocol/frame.ts';
import { parseReply } from '../protocol/reply.ts';
import { requestBody } from '../protocol/request-body.ts';
import { type TcpAddress, tcpChannel } from './tcp-channel.ts';

/** Numbers by which an answer says whose it is. */
const transactions = 65_536;

/**
 * Modbus TCP over one socket. Bytes that are no Modbus frame end the connection, since no later byte could be trusted.
 *
 * The number of a request is not used again before its answer has come, which may be never: a late answer is its own,
 * and never taken for another's. Who waits for one, and how long, is decided in `modbus-connection/request-queue.ts`.
 */
export function tcpTransport(address: TcpAddress): OpenTransport {
  return (events) => {
    const unanswered = new Map<number, (body: Buffer) => void>();
    let received: Buffer = Buffer.alloc(0);
    let last = 0;
    let hasEnded = false;

    const destroy = (): void => {
      hasEnded = true;
      unanswered.clear();
      channel.destroy();
    };
    const end = (reason: Error): void => {
      if (hasEnded) return;
      destroy();
      events.onEnd(reason);
    };
    const receive = (bytes: Buffer): void => {
      events.onHeard();
      const split = splitFrames(received.length === 0 ? bytes : Buffer.concat([received, bytes]));
      if (!split.ok) {
        end(new BulkheadError('not-modbus', `what answers is not Modbus TCP: ${split.reason}`, { retryable: true }));
        return;
      }
      received = split.rest;
      for (const { transaction, body } of split.frames) {
        const onBody = unanswered.get(transaction);
        // Not asked for, or answered already.
        if (onBody === undefined) continue;
        unanswered.delete(transaction);
        onBody(body);
        if (hasEnded) return;
      }
    };
    const channel = tcpChannel(address)({ onOpen: events.onOpen, onData: receive, onEnd: end });

    return {
      send(unit, request, onReply) {
        if (hasEnded) return;
        if (unanswered.size >= transactions - 1) {
          end(
            new BulkheadError('unanswered', `${unanswered.size} requests are without an answer`, { retryable: true }),
          );
          return;
        }
        do last = (last + 1) % transactions;
        while (unanswered.has(last));
        const asked = requestBody(unit, request);
        unanswered.set(last, (body) => onReply(parseReply(request, asked, body)));
        channel.write(frameBytes(last, asked));
      },
      destroy,
    };
  };
}
