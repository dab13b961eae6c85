/** What each example of the palettes shows when somebody imports it, deploys and presses its buttons. */
import { isRecord } from '@bulkhead/core';
import { type DebugWatch, watchDebug } from './debug-watch.ts';
import type { Example } from './palette-examples.ts';
import { type StatusWatch, watchStatuses } from './status-watch.ts';

const deadlineMs = 20_000;

/** Of everything that a debug node has shown so far. */
type Passes = (shown: readonly unknown[]) => boolean;

interface Expected {
  /** Buttons, in their order. */
  readonly press?: readonly string[];
  /** By the name of a debug node. */
  readonly shows: Readonly<Record<string, Passes>>;
}

const recordsIn = (shown: readonly unknown[]): Record<string, unknown>[] => shown.flat(1).filter(isRecord);

/** A good value of each of these tags, and of those that cannot be read nothing but bad ones; a bad one has no value. */
const samples =
  (good: readonly string[], bad: readonly string[] = []): Passes =>
  (shown) => {
    const found = recordsIn(shown);
    const of = (name: string) => found.filter(({ topic }) => String(topic).endsWith(`.${name}`));
    return (
      // Now and then a sensor of the plant fails.
      good.every((name) => of(name).some(({ quality, value }) => quality === 'good' && value !== null)) &&
      bad.every((name) => of(name).length > 0 && of(name).every(({ quality }) => quality === 'bad')) &&
      found.every(({ quality, value }) => quality !== 'bad' || value === null)
    );
  };

/** So many results, each of a value that the device took and holds. */
const written =
  (count: number): Passes =>
  (shown) => {
    const found = recordsIn(shown);
    return found.length >= count && found.every(({ ok, readBack }) => ok === true && readBack !== undefined);
  };

const objectWith =
  (...path: string[]): Passes =>
  (shown) =>
    recordsIn(shown).some((found) => path.reduce<unknown>((at, name) => (isRecord(at) ? at[name] : undefined), found));

const capper = ['temperature', 'torque', 'count'];

export const expectedOf: Readonly<Record<string, Expected>> = {
  'opcua/subscribe-to-tags': { shows: { samples: samples(['serverTime', 'temperature']) } },
  'opcua/write-values': { press: ['one value', 'a batch'], shows: { results: written(3) } },
  'opcua/call-a-method': { press: ['by name'], shows: { answer: objectWith('payload', 'Minutes') } },
  'opcua/answer-alarms': { shows: { events: objectWith('alarm', 'conditionId') } },
  'opcua/read-history': {
    press: ['the last hour'],
    shows: { samples: samples(['level']), summary: objectWith('tags') },
  },
  'modbus/read-a-tag-table': { shows: { samples: samples([...capper, 'running']) } },
  'modbus/read-a-tag-table from the plant': { shows: { samples: samples(capper, ['running']) } },
  'modbus/write-a-batch': {
    press: ['recipe'],
    shows: { results: written(3), 'written by clients': samples(['setpoint', 'batch', 'start']) },
  },
  's7/read-a-tag-table': {
    press: ['read now'],
    shows: {
      samples: samples(['temperature', 'count', 'motor.speed', 'motor.fault', 'level']),
      diagnostics: objectWith('cycles'),
    },
  },
  's7/write-a-batch': { press: ['recipe'], shows: { results: written(3) } },
};

export interface ExampleRun {
  /** Presses the buttons of an example and resolves when each of its debug nodes has shown what it should. */
  see(example: Example): Promise<void>;
  close(): void;
}

/** For a Node-RED at this address, on which the examples are deployed or will be. */
export async function watchExamples(url: string): Promise<ExampleRun> {
  const debug: DebugWatch = await watchDebug(url);
  const statuses: StatusWatch = watchStatuses(url);
  async function press(example: Example, button: string): Promise<void> {
    const id = example.idOf('inject', button);
    const wires = example.flow.find((entry) => entry.id === id)?.['wires'];
    // As a person does, who waits for the green dot.
    for (const target of [wires].flat(2)) await statuses.until(String(target), ({ fill }) => fill === 'green');
    const answer = await fetch(`${url}/inject/${id}`, { method: 'POST' });
    if (!answer.ok) throw new Error(`${example.name}: the button "${button}" answers ${answer.status}`);
  }
  return {
    async see(example) {
      const expected = expectedOf[example.name];
      if (expected === undefined) throw new Error(`nobody says what ${example.name} shows`);
      for (const button of expected.press ?? []) await press(example, button);
      for (const [name, passes] of Object.entries(expected.shows)) {
        await debug.until(example.idOf('debug', name), passes, deadlineMs);
      }
    },
    close() {
      debug.close();
      statuses.close();
    },
  };
}
