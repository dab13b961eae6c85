import type { RegisterTag } from '../catalogue.ts';
import type { ReadRegisters } from '../io/modbus-server.ts';
import type { Recorder } from '../log/recorder.ts';
import { exceptionCodes } from './frame.ts';
import { readRegisters, wordsOf } from './registers.ts';

export interface DeviceParameters {
  name: string;
  tags: readonly RegisterTag[];
  registerCount: number;
  /** All registers at this instant, with this sequence number in them, and the addresses that fail. */
  snapshot: (at: number, sequence: number) => { registers: Uint16Array; failing: ReadonlySet<number> };
  /** Told after the answer was logged. */
  onRead?: (address: number, count: number) => void;
}

/** Two registers at address 0 hold the sequence in every device. */
const sequenceWords = 2;

/** Answers reads of one device from consistent snapshots and logs each of them before it is answered. */
export function createDevice(parameters: DeviceParameters, recorder: Recorder, now: () => number): ReadRegisters {
  const { name, tags, registerCount, snapshot } = parameters;
  return (address, count) => {
    if (address + count > registerCount) return exceptionCodes.illegalAddress;
    const at = now();
    const inside = (tag: RegisterTag) => tag.address >= address && tag.address + wordsOf[tag.type] <= address + count;
    const numbered = address < sequenceWords;
    // Only an answered read takes a number, and whether it is answered does not depend on the number.
    const probe = snapshot(at, 0);
    for (let place = address; place < address + count; place += 1) {
      if (!probe.failing.has(place)) continue;
      const code = exceptionCodes.deviceFailure;
      recorder.append([{ type: 'exception', device: name, at, address, count, code }]);
      return code;
    }
    const seq = numbered ? recorder.next(name) : null;
    const all = seq === null ? probe.registers : snapshot(at, seq).registers;
    const registers = Array.from(all.subarray(address, address + count));
    const values: Record<string, number | null> = {};
    for (const tag of tags) if (inside(tag)) values[tag.name] = readRegisters(all, tag);
    recorder.append([{ type: 'read', device: name, seq, at, address, registers, values }]);
    parameters.onRead?.(address, count);
    return registers;
  };
}
