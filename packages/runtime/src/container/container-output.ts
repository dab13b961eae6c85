/**
 * What a container prints, taken apart: the engine's frames (8 bytes: stream, three zeros, length; Engine API,
 * "Attach to a container"), and in stderr the lines of the beat channel, which begin with `beatMark`.
 */
import { beatMark } from '../protocol/beats.ts';

export interface OutputPorts {
  readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => void;
  /** A line as it would stand on the beat descriptor, without its end. */
  readonly onBeat: (line: string) => void;
}

const headerBytes = 8;
const lineEnd = 0x0a;
const mark = beatMark.charCodeAt(0);
const maxBeatLine = 16_384;

export function createOutputReader({ onOutput, onBeat }: OutputPorts): { push(chunk: Buffer): void } {
  const header = Buffer.alloc(headerBytes);
  let headerLength = 0;
  let stream: 'stdout' | 'stderr' = 'stdout';
  let left = 0;
  const splitStderr = createMarkSplitter((text) => onOutput('stderr', text), onBeat);

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length; ) {
        if (left === 0) {
          const taken = chunk.copy(header, headerLength, at, at + headerBytes - headerLength);
          at += taken;
          headerLength += taken;
          if (headerLength < headerBytes) return;
          headerLength = 0;
          stream = header[0] === 2 ? 'stderr' : 'stdout';
          left = header.readUInt32BE(4);
          continue;
        }
        const part = chunk.subarray(at, at + left);
        at += part.length;
        left -= part.length;
        if (stream === 'stdout') onOutput('stdout', part);
        else splitStderr(part);
      }
    },
  };
}

/** A beat may stand in the middle of a line that a flow has not ended, and be cut anywhere by the pipe. */
function createMarkSplitter(onText: (text: Buffer) => void, onBeat: (line: string) => void): (chunk: Buffer) => void {
  let beat: Buffer | null = null;
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (beat === null) {
        const next = chunk.indexOf(mark, at);
        const end = next === -1 ? chunk.length : next;
        if (end > at) onText(chunk.subarray(at, end));
        if (next === -1) return;
        beat = Buffer.alloc(0);
        at = end + 1;
      }
      const end = chunk.indexOf(lineEnd, at);
      beat = Buffer.concat([beat, chunk.subarray(at, end === -1 ? chunk.length : end)]);
      if (end === -1) {
        // Longer than any beat: somebody else printed the mark.
        if (beat.length > maxBeatLine) beat = null;
        return;
      }
      onBeat(beat.toString('utf8'));
      beat = null;
      at = end + 1;
    }
  };
}
