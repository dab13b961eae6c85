import type { LineEvent, Process } from './event.ts';
import { noise, type Random } from './random.ts';

export interface VibrationParameters {
  tag: string;
  pointsPerBlock: number;
  stepUs: number;
  /** Simulated milliseconds between the ends of two blocks. */
  everyMs: number;
  running: () => boolean;
}

const shaftHz = 29.5;
const bearingHz = 147;
const resonanceHz = 3200;

/** Acceleration in m/s² at a filler bearing: the shaft, its harmonics and the ringing of a small defect. */
export function createVibration(parameters: VibrationParameters, random: Random): Process {
  const { tag, pointsPerBlock, stepUs, everyMs } = parameters;
  let due = everyMs;
  let block = 0;
  let amplitude = 0;
  return {
    get due() {
      return due;
    },
    step(): LineEvent[] {
      const at = due;
      due += everyMs;
      const values = new Float64Array(pointsPerBlock);
      const firstPoint = block * pointsPerBlock;
      block += 1;
      // The shaft takes about a second to reach its speed and to come to rest.
      amplitude += ((parameters.running() ? 1 : 0) - amplitude) * 0.2;
      for (let index = 0; index < pointsPerBlock; index += 1) {
        const seconds = ((firstPoint + index) * stepUs) / 1e6;
        const angle = 2 * Math.PI * shaftHz * seconds;
        const sinceHit = (seconds * bearingHz) % 1;
        const ringing = Math.exp(-sinceHit * 9) * Math.sin((2 * Math.PI * resonanceHz * sinceHit) / bearingHz);
        const motion =
          1.8 * Math.sin(angle) + 0.6 * Math.sin(2 * angle + 0.7) + 0.2 * Math.sin(3 * angle) + 0.9 * ringing;
        values[index] = Math.round((amplitude * motion + 0.05 * noise(random)) * 1e4) / 1e4;
      }
      return [{ kind: 'waveform', at, tag, values }];
    },
  };
}
