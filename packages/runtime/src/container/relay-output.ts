/** What a container prints, on the pipes of this process. */
import type { Readable, Writable } from 'node:stream';
import { createOutputReader } from './container-output.ts';

/** Resolves at the end of the output. The container waits, its writes to a full pipe block, where the reader is slow. */
export function relayOutput(output: Readable, onBeat: (line: string) => void): Promise<void> {
  const pass = (target: Writable, chunk: Buffer): void => {
    if (target.write(chunk) || output.isPaused()) return;
    output.pause();
    target.once('drain', () => output.resume());
  };
  const reader = createOutputReader({
    onOutput: (stream, chunk) => pass(stream === 'stdout' ? process.stdout : process.stderr, chunk),
    onBeat,
  });
  output.on('data', (chunk: Buffer) => reader.push(chunk));
  return new Promise((resolve) => {
    output.on('error', () => resolve());
    output.on('close', () => resolve());
    output.on('end', () => resolve());
  });
}
