import type { LineEvent, Process, Quality } from './event.ts';
import { durationAround, durationBetween, type Random } from './random.ts';

export interface Sensor extends Process {
  readonly quality: Quality;
  /** The last good (or uncertain) reading; null before the first. */
  readonly value: number | null;
}

export interface SensorParameters {
  tag: string;
  everyMs: number;
  /** Decimal places of a reading. */
  decimals: number;
  /** What the sensor shows in a fault: `bad` has no value, `uncertain` goes on measuring. */
  fault: Exclude<Quality, 'good'>;
  meanGoodMs: number;
  /** Gives the next reading. */
  measure: () => number;
}

/** Reads every `everyMs`, reports a change, and goes bad now and then for 2 to 8 s. */
export function createSensor(parameters: SensorParameters, random: Random): Sensor {
  const { tag, everyMs, fault } = parameters;
  const factor = 10 ** parameters.decimals;
  let due = 0;
  let value: number | null = null;
  let quality: Quality = 'good';
  let shown = '';
  let faultStart = durationAround(random, parameters.meanGoodMs, 10_000);
  let faultEnd = faultStart + durationBetween(random, 2000, 8000);

  return {
    get due() {
      return due;
    },
    get quality() {
      return quality;
    },
    get value() {
      return value;
    },
    step(): LineEvent[] {
      const at = due;
      due += everyMs;
      if (at >= faultEnd) {
        faultStart = at + durationAround(random, parameters.meanGoodMs, 10_000);
        faultEnd = faultStart + durationBetween(random, 2000, 8000);
      }
      quality = at >= faultStart ? fault : 'good';
      const reading = Math.round(parameters.measure() * factor) / factor;
      if (quality !== 'bad') value = reading;
      const reported = quality === 'bad' ? null : reading;
      const showing = `${reported} ${quality}`;
      if (showing === shown) return [];
      shown = showing;
      return [{ kind: 'value', at, tag, value: reported, quality }];
    },
  };
}
