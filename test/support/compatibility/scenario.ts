/** A flow, how it is driven, and what may differ between two runs of it. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import type { FlowEntry } from '../bulkhead-http.ts';
import { freePort } from '../free-port.ts';
import { until } from '../until.ts';
import { type Normaliser, normalise, type Place, placed } from './normalise.ts';
import type { Output } from './recording.ts';
import type { Subject } from './subject.ts';

export interface Scenario {
  readonly name: string;
  /** Ids are unique among all scenarios that run together. `@port-…@`, `@files@` and `@address@` are put in per subject. */
  readonly flows: readonly FlowEntry[];
  /** How many things come out of it: the run waits for as many, and what comes out of stock has to be as many. */
  readonly outputs: number;
  /** It never ends; then its first `outputs` are compared. */
  readonly endless?: boolean;
  /** Sources of which only the number of outputs is compared, and of statuses (`status of …`) nothing. */
  readonly countedOnly?: readonly string[];
  readonly normalisers?: readonly Normaliser[];
  /** Sources from which Bulkhead alone has a warning to show: it must come. */
  readonly warnsHere?: readonly string[];
  /** Values of one run that are its own, such as the ports of counterparts. */
  readonly place?: Place;
  /** Without it every inject button is pressed once, in the order of the flow file. */
  drive?(driver: Driver): Promise<void>;
}

export interface Driver {
  readonly subject: Subject;
  readonly place: Place;
  /** Presses the button of the inject node with this id or name. */
  press(idOrName: string): Promise<void>;
  /** Waits until this many outputs have come, counted from the start of the scenario. */
  came(outputs: number): Promise<void>;
  /** Waits until the node's status has this text; that it came is an output. */
  shows(idOrName: string, text: string): Promise<void>;
  /** A request to the flows; its answer is an output. */
  ask(where: string, init?: RequestInit): Promise<void>;
  /** Adds an output of another kind: a datagram, a file, a line in a log. */
  add(source: string, value: unknown): void;
}

export interface Outcome {
  readonly place: Place;
  readonly outputs: readonly Output[];
  /** The last of each node, unless it is empty: one that was cleared at once may never have been shown. */
  readonly statuses: ReadonlyMap<string, unknown>;
}

export interface Placed {
  readonly scenario: Scenario;
  readonly flows: readonly FlowEntry[];
  readonly place: Place;
}

export interface Run {
  readonly placed: Placed;
  /** What came out, or why the scenario did not come to its end. */
  readonly result: { readonly ok: true; readonly outcome: Outcome } | { readonly ok: false; readonly error: unknown };
}

const arrivesWithinMs = 30_000;
/** As long must nothing more come after the last output that is expected. */
const quietMs = 1_500;

const flowEntries = v.array(v.looseObject({ id: v.string(), type: v.string() }));

/** The flows of a scenario for one subject. */
export async function placeFor(scenario: Scenario, subject: Subject): Promise<Placed> {
  const text = JSON.stringify(scenario.flows);
  const files = path.join(subject.files, scenario.name.replaceAll(/[^A-Za-z0-9]+/g, '-'));
  await mkdir(files, { recursive: true });
  const ports: Record<string, string> = {};
  for (const [, name] of text.matchAll(/@(port-[a-z0-9]+)@/g))
    if (name !== undefined) ports[name] ??= String(await freePort());
  const place = { files, address: subject.url.replace('http://', ''), ...ports, ...scenario.place };
  const flows: FlowEntry[] = v.parse(flowEntries, JSON.parse(placed(text, place)));
  return { scenario, place, flows };
}

function sourcesOf(flows: readonly FlowEntry[], name: string): (source: string) => boolean {
  const ids = flows.map(({ id }) => id);
  // Nodes in a subflow have the id of the instance before their own.
  return (source) => source === name || ids.some((id) => source === id || source.startsWith(`${id}-`));
}

/** Drives one scenario on flows that run already, and resolves once all has come out that was expected. */
export async function run({ scenario, place, flows }: Placed, subject: Subject): Promise<Outcome> {
  const isOwn = sourcesOf(flows, scenario.name);
  const outputs = (): Output[] =>
    subject.recording.outputs().filter(({ source }) => isOwn(source.split(' > ')[0] ?? ''));
  const came = async (count: number): Promise<void> => {
    const arrived = until(() => outputs().length >= count, { deadlineMs: arrivesWithinMs, what: `${count} outputs` });
    await arrived.catch((error: unknown) => {
      const came = JSON.stringify(outputs(), undefined, 1);
      throw new Error(`only ${outputs().length} of ${count} outputs came from ${subject.kind}: ${came}`, {
        cause: error,
      });
    });
  };
  const add = (source: string, value: unknown): void =>
    subject.recording.add({ source: `${scenario.name} > ${source}`, value });
  const idOf = (idOrName: string): string =>
    flows.find(({ id, name }) => id === idOrName || name === idOrName)?.id ?? idOrName;
  const driver: Driver = {
    subject,
    place,
    came,
    add,
    async press(idOrName) {
      const button = encodeURIComponent(idOf(idOrName));
      const response = await subject.request(`/inject/${button}`, { method: 'POST' });
      if (!response.ok) throw new Error(`the button ${idOrName} in ${subject.kind}: ${response.status}`);
    },
    async shows(idOrName, text) {
      const status = (): unknown => subject.recording.statuses().get(idOf(idOrName));
      await until(() => textOf(status()) === text, {
        deadlineMs: arrivesWithinMs,
        what: `status "${text}" of ${idOrName} in ${subject.kind}, which is ${JSON.stringify(status())}`,
      });
      add(`status of ${idOrName}`, status());
    },
    async ask(where, init) {
      const response = await subject.request(where, { redirect: 'manual', ...init });
      const headers = Object.fromEntries([...response.headers].filter(([name]) => comparedHeaders.has(name)));
      const body = await response.text();
      add(`${init?.method ?? 'GET'} ${where}`, { status: response.status, headers, body });
    },
  };
  await (scenario.drive ?? pressAll(flows))(driver);
  await came(scenario.outputs);
  const shown = ([id, status]: [string, unknown]): boolean => isOwn(id) && JSON.stringify(status) !== '{}';
  if (scenario.outputs === 0) {
    const hasStatus = (): boolean => [...subject.recording.statuses()].some(shown);
    await until(hasStatus, { deadlineMs: arrivesWithinMs, what: `a status in ${subject.kind}` });
  }
  await until(quietFor(outputs), { deadlineMs: 15_000, what: `"${scenario.name}" is quiet` }).catch(
    (error: unknown) => {
      if (scenario.endless !== true) throw error;
    },
  );
  const statuses = [...subject.recording.statuses()].filter(shown);
  return { place, outputs: outputs(), statuses: new Map(statuses) };
}

const textOf = (status: unknown): unknown =>
  typeof status === 'object' && status !== null && 'text' in status ? status.text : undefined;

const comparedHeaders = new Set(['content-type', 'location', 'set-cookie', 'etag', 'x-custom']);

/** True once the number of outputs has not changed for `quietMs`. */
function quietFor(outputs: () => readonly Output[]): () => boolean {
  let count = -1;
  let since = 0;
  return () => {
    const now = outputs().length;
    if (now !== count) {
      count = now;
      since = Date.now();
    }
    return Date.now() - since > quietMs;
  };
}

const pressAll =
  (flows: readonly FlowEntry[]) =>
  async ({ press }: Driver): Promise<void> => {
    for (const { id, type } of flows) if (type === 'inject') await press(id);
  };

/** Per node, in the order in which it came; the order among nodes is not said by Node-RED. */
function comparable({ scenario }: Placed, { outputs, statuses, place }: Outcome): Record<string, unknown[]> {
  const names: readonly Normaliser[] = ['ids', ...(scenario.normalisers ?? [])];
  const bySource: Record<string, unknown[]> = {};
  const counted = scenario.endless === true ? outputs.slice(0, scenario.outputs) : outputs;
  for (const { source, value } of counted) {
    const compared = scenario.countedOnly?.includes(source) === true ? 'came' : normalise(value, place, names);
    (bySource[source] ??= []).push(compared);
  }
  for (const [id, status] of statuses) {
    const source = `status of ${id}`;
    if (scenario.countedOnly?.includes(source) !== true) bySource[source] = [normalise(status, place, names)];
  }
  return Object.fromEntries(Object.entries(bySource).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Throws with the difference, or with why there is nothing to compare. */
export function assertSame(stock: Run | undefined, bulkhead: Run | undefined): void {
  assert.ok(stock && bulkhead, 'it was not run');
  for (const { result } of [stock, bulkhead]) if (!result.ok) throw result.error;
  assert.ok(stock.result.ok && bulkhead.result.ok);
  const expected = comparable(stock.placed, stock.result.outcome);
  const { scenario } = stock.placed;
  if (scenario.endless !== true) {
    const came = JSON.stringify(expected, undefined, 1);
    assert.equal(stock.result.outcome.outputs.length, scenario.outputs, `what came out of stock: ${came}`);
  }
  assert.notDeepEqual(expected, {}, 'nothing came out of stock: there is nothing to compare');
  const here = comparable(bulkhead.placed, bulkhead.result.outcome);
  for (const source of scenario.warnsHere ?? []) {
    assert.match(JSON.stringify(here[source]), /"level":30/, `${source} shows a warning`);
    delete here[source];
  }
  assert.deepEqual(here, expected);
}
