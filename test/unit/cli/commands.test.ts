import { deepEqual, equal, match, throws } from 'node:assert/strict';
import { parseCommandLine } from '../../../packages/runtime/src/cli/commands.ts';
import { logs, linesAfter } from '../../../packages/runtime/src/cli/logs.ts';
import { findCompartment, parseCompartments } from '../../../packages/runtime/src/cli/compartments.ts';
import { houseOf } from '../../../packages/runtime/src/cli/house.ts';
import { planLines } from '../../../packages/runtime/src/cli/plan.ts';
import { ps, psLines } from '../../../packages/runtime/src/cli/ps.ts';
import { oneLine, tableLines } from '../../../packages/runtime/src/cli/table.ts';
import { partition } from '../../../packages/runtime/src/supervisor/plan/partition.ts';

const running = {
  id: 'a1',
  name: 'Filler',
  tabs: [{ id: 'a1', label: 'Filler' }],
  state: 'running',
  pid: 42,
  cpuPercent: 1.25,
  memory: { rssBytes: 80 * 2 ** 20 },
  eventLoop: { p99Ms: 2 },
  restarts: 1,
  lastExit: { at: 0, reason: 'hang', detail: 'silent\nfor 10 s', nodeName: 'spin' },
};
const [filler, capper, line2] = parseCompartments([
  running,
  {
    ...running,
    id: 'b1',
    name: 'Capper',
    tabs: [{ label: 'Capper' }, { label: 'Labeller' }],
    pid: null,
    state: 'stopped',
    lastExit: null,
  },
  { ...running, id: 'c1', name: 'filler' },
]);

describe('a command line', () => {
  it('has flags and one name', () => {
    deepEqual(parseCommandLine('logs', logs, ['-f', 'Filler', '--lines', '7', '--json']), {
      argument: 'Filler',
      flags: { json: true, follow: true, lines: 7, house: false },
    });
  });

  for (const [args, message] of [
    [[], /needs NAME/],
    [['a', 'b'], /does not take "b"/],
    [['a', '--lines', '0'], /--lines must be a whole number/],
    [['a', '--lines', 'x'], /--lines must be a whole number/],
    [['a', '--house'], /has no option --house/],
    [['a', '--nix'], /Unknown option '--nix'/],
    [['a', '--lines', '-3'], /^logs: Option '--lines' argument is ambiguous$/],
    [['a', '--lines'], /^logs: Option '-n, --lines <value>' argument missing$/],
  ] as const) {
    it(`"logs ${args.join(' ')}" is wrong usage`, () =>
      throws(
        () => parseCommandLine('logs', logs, args),
        (error: Error & { kind?: string }) => {
          match(error.message, message);
          return error.kind === 'usage';
        },
      ));
  }

  it('"ps a" is wrong usage', () => throws(() => parseCommandLine('ps', ps, ['a']), /does not take "a"/));
});

describe('the house that a command talks to', () => {
  for (const [environment, url] of [
    [{}, 'http://127.0.0.1:1880'],
    [{ BULKHEAD_HOST: '0.0.0.0', BULKHEAD_PORT: '1999' }, 'http://127.0.0.1:1999'],
    [{ BULKHEAD_HOST: '::1' }, 'http://[::1]:1880'],
    [{ BULKHEAD_HOST: 'plant.local' }, 'http://plant.local:1880'],
  ] as const) {
    it(`is ${url} for ${JSON.stringify(environment)}`, () => equal(houseOf(environment).url, url));
  }
  it('is not asked with a token that no header can hold', () => {
    for (const token of ['x\ny', 'a b', 'ü'])
      throws(
        () => houseOf({ BULKHEAD_TOKEN: token }),
        (error: Error) => /BULKHEAD_TOKEN is no access token/.test(error.message) && !error.message.includes(token),
      );
  });
  it('has a port that is a number', () => throws(() => houseOf({ BULKHEAD_PORT: 'x' }), /BULKHEAD_PORT/));
});

describe('a compartment is found', () => {
  const all = [filler, capper, line2].filter((entry) => entry !== undefined);
  it('by id before anything else', () => equal(findCompartment(all, 'a1').id, 'a1'));
  it('by name in any case', () => equal(findCompartment(all, 'CAPPER').id, 'b1'));
  it('by one of its tabs', () => equal(findCompartment(all, 'labeller').id, 'b1'));
  it('not by a name that two have', () =>
    throws(() => findCompartment(all, 'Filler'), /2 compartments: use an id, a1 or c1/));
  it('not where there is none', () =>
    throws(() => findCompartment(all, 'nix'), /no compartment "nix"; there are "Filler", "Capper"/));
});

describe('what commands print', () => {
  it('ps is a table, one line each, whatever an error message holds', () => {
    deepEqual(psLines([filler, capper].filter((entry) => entry !== undefined)), [
      'NAME    STATE    PID  CPU    MEMORY  P99     RESTARTS  LAST EXIT',
      'Filler  running  42   1.3 %  80 MB   2.0 ms  1         hang in "spin": silent for 10 s',
      'Capper  stopped  -    -      -       -       1         -',
    ]);
  });

  it('does not call the node that received last the one that did it', () => {
    const [line] = parseCompartments([{ ...running, lastExit: { ...running.lastExit, nodeIsExact: false } }]);
    match(line ? (psLines([line])[1] ?? '') : '', /hang, last received by "spin": silent for 10 s$/);
  });

  it('words instead of codes, as in the editor; a code without words stands for itself', () => {
    const said = (['unhandled-rejection', 'out-of-memory', 'startup-failed', 'to-come'] as const).map((reason) => {
      const [line] = parseCompartments([{ ...running, state: 'backing-off', lastExit: { reason, detail: 'x' } }]);
      return line ? psLines([line])[1]?.split(/ {2,}/) : [];
    });
    deepEqual(
      said.map((cells) => [cells?.[1], cells?.at(-1)]),
      ['unhandled rejection', 'out of memory', 'could not start', 'to-come'].map((words) => [
        'waiting to restart',
        `${words}: x`,
      ]),
    );
  });

  it('nothing that a terminal would obey', () => equal(oneLine('a\u001b[31m\u0007 b\n\tc'), 'a[31m b c'));

  it('a table without rows is nothing', () => deepEqual(tableLines([]), []));

  it('the plan names each union with its reason', () => {
    const tabs = ['one', 'two', 'three'].map((label) => ({
      id: label,
      type: 'tab',
      label,
      env: label === 'three' ? [] : [{ name: 'BULKHEAD_COMPARTMENT', value: 'press', type: 'str' }],
    }));
    deepEqual(planLines(partition(tabs)), [
      'press (2 tabs)',
      '  one + two: pinned together by BULKHEAD_COMPARTMENT=press',
      'three (1 tab)',
    ]);
    deepEqual(planLines({ compartments: [], conflicts: [], warnings: [] }), ['no enabled tab: nothing would run']);
  });
});

describe('the lines that came since the last look', () => {
  const line = (at: number, text: string) => ({ at, stream: 'stdout', text });
  const known = [line(1, 'a'), line(2, 'b')];
  it('are those after the last time', () => deepEqual(linesAfter(known, [...known, line(3, 'c')]), [line(3, 'c')]));
  it('may bear the same time', () => deepEqual(linesAfter(known, [...known, line(2, 'c')]), [line(2, 'c')]));
  it('are none when nothing came', () => deepEqual(linesAfter(known, known), []));
  it('are all when the older ones were dropped', () =>
    deepEqual(linesAfter(known, [line(8, 'x'), line(9, 'y')]), [line(8, 'x'), line(9, 'y')]));
  it('are all at first', () => deepEqual(linesAfter([], known), known));
});
