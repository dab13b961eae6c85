import { connect } from 'node:net';
import { BulkheadError } from '@bulkhead/core';
import type { OpenChannel } from './channel.ts';
import type { TcpAddress } from './tcp-port.ts';

/** A TCP socket; the time to open it is bounded. */
export function tcpChannel({ host, port, timeoutMs }: TcpAddress): OpenChannel {
  return (events) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true });
    let hasEnded = false;
    const destroy = (): void => {
      hasEnded = true;
      clearTimeout(opening);
      socket.destroy();
    };
    const end = (reason: Error): void => {
      if (hasEnded) return;
      destroy();
      events.onEnd(reason);
    };
    const endAs = (code: string, text: string): void => end(new BulkheadError(code, text, { retryable: true }));
    const opening = setTimeout(() => endAs('connect-timeout', `no connection within ${timeoutMs} ms`), timeoutMs);
    socket.on('connect', () => {
      clearTimeout(opening);
      if (!hasEnded) events.onOpen();
    });
    socket.on('data', (bytes) => {
      if (!hasEnded) events.onData(bytes);
    });
    socket.on('error', end);
    socket.on('close', () => endAs('closed', 'the device closed the connection'));
    return { write: (bytes) => void socket.write(bytes), destroy };
  };
}
