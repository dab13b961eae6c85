import { createTank, createTemperature } from './climate.ts';
import { type CounterEye, createCounterEye } from './counter-eye.ts';
import type { LineEvent, MachineName, Process } from './event.ts';
import { createMachine, type Machine } from './machine.ts';
import { packml } from './packml.ts';
import { createRandom } from './random.ts';
import { createSensor, type Sensor } from './sensor.ts';
import { createVibration } from './vibration.ts';

/** Rated milliseconds per bottle, by machine. */
export const idealCycleMs = { filler: 250, capper: 240, labeller: 230 } as const;

export const vibrationBlock = { points: 2000, stepUs: 50 } as const;

export type Counts = Record<MachineName, { total: number; rejects: number }>;

/** Filler and capper, and the labeller's rejects, begin just below 65,536: a demo sees them wrap within minutes. */
export const firstCounts: Counts = {
  filler: { total: 65_536 - 240, rejects: 65_536 - 4 },
  capper: { total: 65_536 - 420, rejects: 12 },
  labeller: { total: 1200, rejects: 65_536 - 2 },
};

export interface LineParameters {
  seed: number;
  /** Real blocks of vibration stay 100 ms apart whatever the speed: simulated time between two is 100 ms times this. */
  speed: number;
  /** True counts kept from an earlier life. */
  counts?: Counts;
}

export interface Line {
  readonly machines: Readonly<Record<MachineName, Machine>>;
  readonly sensors: Readonly<Record<'capperTemperature' | 'capperTorque' | 'labellerGlue', Sensor>>;
  readonly eyes: Readonly<Record<MachineName, CounterEye>>;
  /** Simulated milliseconds of the next event. */
  readonly due: number;
  /** What is true at time 0; call it once, first. */
  begin(): LineEvent[];
  /** Everything that happens up to and including `untilMs`, in order. */
  advance(untilMs: number): LineEvent[];
}

const tagOf: Record<MachineName, string> = { filler: 'Filler', capper: 'Capper', labeller: 'Labeller' };

/** A counter on the wire has 16 bits. */
export function wrapped(count: number): number {
  return count % 65_536;
}

/** The bottling line. The same parameters give the same events, call by call and as a whole. */
export function createLine({ seed, speed, counts = firstCounts }: LineParameters): Line {
  const machine = (name: MachineName, rejectShare: number): Machine =>
    createMachine(
      {
        name,
        idealCycleMs: idealCycleMs[name],
        ...counts[name],
        rejectShare,
        shortestRunMs: 12_000,
        longestRunMs: 60_000,
        microStopShare: 0.7,
      },
      createRandom(seed, name),
    );
  const machines = {
    filler: machine('filler', 0.03),
    capper: machine('capper', 0.015),
    labeller: machine('labeller', 0.02),
  };
  const running = (name: MachineName) => machines[name].state === packml.execute;
  const eye = (name: MachineName) =>
    createCounterEye(
      `${tagOf[name]}.TotalCount`,
      () => wrapped(machines[name].total),
      createRandom(seed, `${name} eye`),
    );
  const eyes = { filler: eye('filler'), capper: eye('capper'), labeller: eye('labeller') };

  const tank = createTank(() => running('filler'), createRandom(seed, 'tank'));
  const temperature = (tag: string, name: MachineName, cold: number, hot: number, everyMs: number) =>
    createSensor(
      {
        tag,
        everyMs,
        decimals: 2,
        fault: 'bad',
        meanGoodMs: 60_000,
        measure: createTemperature(cold, () => (running(name) ? hot : cold), createRandom(seed, tag)),
      },
      createRandom(seed, `${tag} fault`),
    );
  const torqueNoise = createRandom(seed, 'torque');
  const sensors = {
    fillerTemperature: temperature('Filler.Temperature', 'filler', 21, 64, 500),
    tankLevel: createSensor(
      {
        tag: 'Tank.Level',
        everyMs: 250,
        decimals: 2,
        fault: 'uncertain',
        meanGoodMs: 90_000,
        measure: () => tank.measureLevel(),
      },
      createRandom(seed, 'tank fault'),
    ),
    capperTemperature: temperature('Capper.Temperature', 'capper', 24, 48, 400),
    capperTorque: createSensor(
      {
        tag: 'Capper.Torque',
        everyMs: 200,
        decimals: 3,
        fault: 'uncertain',
        meanGoodMs: 200_000,
        measure: () => (running('capper') ? 1.6 + torqueNoise() * 0.3 : 0),
      },
      createRandom(seed, 'torque fault'),
    ),
    labellerGlue: temperature('Labeller.GlueTemperature', 'labeller', 150, 165, 600),
  };
  const vibration = createVibration(
    {
      tag: 'Filler.Vibration',
      pointsPerBlock: vibrationBlock.points,
      stepUs: vibrationBlock.stepUs,
      everyMs: Math.round(100 * speed),
      running: () => running('filler'),
    },
    createRandom(seed, 'vibration'),
  );
  const processes: readonly Process[] = [
    ...Object.values(machines),
    ...Object.values(eyes),
    ...Object.values(sensors),
    vibration,
  ];

  let shownRejects = counts.filler.rejects;
  let shownInlet = false;

  /** What the filler's and the tank's own tags show of an event. */
  function shown(event: LineEvent): LineEvent[] {
    const { at } = event;
    const events: LineEvent[] = [event];
    if (event.kind === 'state' && event.machine === 'filler') {
      events.push({ kind: 'value', at, tag: 'Filler.State', value: event.state, quality: 'good' });
    }
    if (event.kind === 'count' && event.machine === 'filler') {
      if (!eyes.filler.blind) {
        events.push({ kind: 'value', at, tag: 'Filler.TotalCount', value: wrapped(event.total), quality: 'good' });
      }
      if (event.rejects !== shownRejects) {
        shownRejects = event.rejects;
        events.push({ kind: 'value', at, tag: 'Filler.RejectCount', value: wrapped(event.rejects), quality: 'good' });
      }
    }
    if (event.kind === 'value' && event.tag === 'Tank.Level' && tank.inletOpen !== shownInlet) {
      shownInlet = tank.inletOpen;
      events.push({ kind: 'value', at, tag: 'Tank.InletOpen', value: shownInlet, quality: 'good' });
    }
    return events;
  }

  function earliest(): Process {
    return processes.reduce((first, process) => (process.due < first.due ? process : first), vibration);
  }

  return {
    machines,
    sensors,
    eyes,
    get due() {
      return earliest().due;
    },
    begin() {
      const events = Object.values(machines).flatMap(({ name, state, total, rejects }): LineEvent[] => [
        { kind: 'state', at: 0, machine: name, state },
        { kind: 'count', at: 0, machine: name, total, rejects },
      ]);
      return [
        ...events.flatMap(shown),
        { kind: 'value', at: 0, tag: 'Filler.RejectCount', value: wrapped(shownRejects), quality: 'good' },
        { kind: 'value', at: 0, tag: 'Tank.InletOpen', value: false, quality: 'good' },
      ];
    },
    advance(untilMs) {
      const events: LineEvent[] = [];
      for (let process = earliest(); process.due <= untilMs; process = earliest()) {
        for (const event of process.step()) events.push(...shown(event));
      }
      return events;
    },
  };
}
