import { BulkheadError, errorMessage } from '@bulkhead/core';
import type { SerialPort } from 'serialport';
import type { OpenChannel } from './channel.ts';
import type { SerialLine } from '../modbus-connection/transport.ts';

/** Loaded when it is needed: it has a native part, which nobody who only uses TCP has to have. */
async function library(): Promise<typeof SerialPort> {
  try {
    const { SerialPort: loaded } = await import('serialport');
    return loaded;
  } catch (cause) {
    const reason = `the package serialport cannot be loaded, which serial lines need: ${errorMessage(cause)}`;
    throw new BulkheadError('no-serialport', `${reason}. Install it beside this palette: npm install serialport`, {
      cause,
    });
  }
}

/** A serial port of this machine, of which nobody else may have it open. */
export function serialChannel(line: SerialLine): OpenChannel {
  return (events) => {
    let port: SerialPort | undefined;
    let hasEnded = false;
    const destroy = (): void => {
      hasEnded = true;
      // An open that is under way is ended by its own callback.
      if (port?.isOpen === true) port.close(() => {});
    };
    const end = (reason: unknown): void => {
      if (hasEnded) return;
      destroy();
      events.onEnd(reason instanceof Error ? reason : new Error(errorMessage(reason)));
    };
    const open = async (): Promise<void> => {
      const Port = await library();
      if (hasEnded) return;
      const opened = new Port({ ...line, autoOpen: false });
      port = opened;
      opened.on('data', (bytes: Buffer) => {
        if (!hasEnded) events.onData(bytes);
      });
      opened.on('error', end);
      opened.on('close', () => end(new BulkheadError('closed', `${line.path} was closed`, { retryable: true })));
      opened.open((problem) => {
        if (problem !== null && problem !== undefined) end(problem);
        else if (hasEnded) opened.close(() => {});
        else events.onOpen();
      });
    };
    open().catch(end);
    return { write: (bytes) => void port?.write(bytes), destroy };
  };
}

/** The serial ports that this machine has. */
export async function listSerialPorts(): Promise<string[]> {
  const Port = await library();
  return (await Port.list()).map(({ path }) => path);
}
