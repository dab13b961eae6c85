import { deepEqual, doesNotMatch, equal, match, rejects, throws } from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { parseFlows } from '../../../packages/runtime/src/cli/flow-file.ts';
import { readFolder, writeFolder } from '../../../packages/runtime/src/cli/folder/folder.ts';
import type { Question } from '../../../packages/runtime/src/cli/house.ts';
import { importFlows } from '../../../packages/runtime/src/cli/import.ts';
import { joinFlows, splitFlows } from '../../../packages/runtime/src/cli/folder/split.ts';
import type { FlowNode } from '../../../packages/runtime/src/protocol/messages.ts';

const byId = (flows: readonly FlowNode[]): Record<string, FlowNode> =>
  Object.fromEntries(flows.map((node) => [node.id, node]));
const lines = (text: string | undefined): string[] => (text ?? '').split('\n');

describe('flows as a folder', () => {
  const func = {
    id: 'f',
    type: 'function',
    z: 't1',
    name: 'add',
    func: 'const a = 1;\nreturn msg;',
    x: 1,
    y: 2,
    wires: [],
  };
  const flows: FlowNode[] = [
    { id: 't2', type: 'tab', label: 'Füller / Ü1' },
    { id: 't1', type: 'tab', label: 'Line' },
    { id: 't3', type: 'tab', label: 'line' },
    { id: 's', type: 'subflow', name: 'Scale' },
    func,
    { id: 'e', type: 'inject', z: 't1', wires: [['f']], x: 1, y: 1 },
    { id: 'i', type: 'debug', z: 's', x: 1, y: 1 },
    { id: 'c', type: 'mqtt-broker', broker: 'b', credentials: { password: 'hunter2' } },
    { id: 'lost', type: 'debug', z: 'gone' },
  ];

  it('has one file per tab and subflow, and one for the config nodes', () => {
    deepEqual(
      [...splitFlows(flows).keys()].toSorted(),
      [
        'config-nodes.json',
        'index.json',
        'subflows/scale.json',
        'tabs/fu-ller-u-1.json',
        'tabs/line.t1.json',
        'tabs/line.t3.json',
      ].toSorted(),
    );
  });

  it('holds no credentials', () => {
    for (const text of splitFlows(flows).values()) doesNotMatch(text, /hunter2|credentials/);
  });

  it('is the same text, whatever the order of entries and of their properties', () => {
    const shuffled = flows.map((node) => Object.fromEntries(Object.entries(node).toReversed()));
    const tabs = shuffled.filter(({ type }) => type === 'tab');
    const others = shuffled.filter(({ type }) => type !== 'tab').toReversed();
    deepEqual(splitFlows(parseFlows(JSON.stringify([...others, ...tabs]), 'x')), splitFlows(flows));
  });

  it('shows a change of one line of a function as a change of one line', () => {
    const before = lines(splitFlows(flows).get('tabs/line.t1.json'));
    const changed = flows.map((node) => (node.id === 'f' ? { ...func, func: 'const a = 2;\nreturn msg;' } : node));
    const after = lines(splitFlows(changed).get('tabs/line.t1.json'));
    equal(before.length, after.length);
    deepEqual(
      after.filter((line, at) => line !== before[at]).map((line) => line.trim()),
      ['"const a = 2;",'],
    );
  });

  it('comes back as it was: all entries, the tabs in their order', () => {
    const back = joinFlows(splitFlows(flows));
    const { credentials: _secret, ...broker } = flows[7] ?? { id: '', type: '' };
    deepEqual(byId(back), { ...byId(flows), c: broker });
    deepEqual(
      back.slice(0, 3).map(({ id }) => id),
      ['t2', 't1', 't3'],
    );
    deepEqual(splitFlows(back), splitFlows(flows));
  });

  it('comes back as it was for any properties, texts of many lines among them', () => {
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.string()).map((parts) => parts.join('\n')),
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        text,
        fc.boolean(),
        fc.integer(),
        fc.constant(null),
        fc.array(tie('any'), { maxLength: 3 }),
        tie('map'),
      ),
      map: fc.dictionary(
        fc.string().filter((key) => key !== '__proto__' && key !== '$lines'),
        tie('any'),
        { maxKeys: 3 },
      ),
    })).any;
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (values) => {
        const nodes = values.map((inner, n) => ({ id: `n${n}`, type: 'debug', z: 't1', inner }));
        const given = parseFlows(JSON.stringify([{ id: 't1', type: 'tab', label: 'x' }, ...nodes]), 'given');
        deepEqual(byId(joinFlows(splitFlows(given))), byId(given));
      }),
      { numRuns: 200 },
    );
  });

  it('takes what somebody added or removed by hand', () => {
    const files = new Map(splitFlows(flows));
    files.delete('tabs/line.t3.json');
    files.set('tabs/new.json', '[{"id":"t9","type":"tab","label":"New"}]');
    deepEqual(
      joinFlows(files).flatMap(({ id, type }) => (type === 'tab' ? [id] : [])),
      ['t2', 't1', 't9'],
    );
  });

  for (const [what, name, text, message] of [
    ['is not JSON', 'tabs/bad.json', '[{', /tabs\/bad\.json: not JSON/],
    ['is no list', 'tabs/bad.json', '{}', /tabs\/bad\.json: a list of nodes/],
    ['has no node', 'tabs/bad.json', '[{"id":1}]', /tabs\/bad\.json: entry 1/],
    [
      'has a node twice',
      'tabs/bad.json',
      '[{"id":"f","type":"x"}]',
      /tabs\/line\.t1\.json: the node f is in tabs\/bad/,
    ],
    ['is of another version', 'index.json', '{"format":2}', /"format" is not 1/],
  ] as const) {
    it(`says which file ${what}`, () => {
      throws(() => joinFlows(new Map([...splitFlows(flows), [name, text]])), message);
    });
  }

  describe('on disk', () => {
    let folder = '';
    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'bulkhead-folder-'));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    it('is written where it differs, and cleared of what is gone', async () => {
      equal((await writeFolder(folder, splitFlows(flows))).length, 6);
      deepEqual(await writeFolder(folder, splitFlows(flows)), []);
      await writeFile(path.join(folder, 'README.md'), 'mine');
      const less = flows.filter(({ id }) => id !== 't3');
      deepEqual(await writeFolder(folder, splitFlows(less)), [
        'index.json',
        'tabs/line.json',
        'tabs/line.t1.json',
        'tabs/line.t3.json',
      ]);
      deepEqual(await readFolder(folder), splitFlows(less));
      equal(await readFile(path.join(folder, 'README.md'), 'utf8'), 'mine');
    });

    it('is never a folder that holds something else', async () => {
      await mkdir(path.join(folder, 'tabs'));
      await writeFile(path.join(folder, 'tabs', 'mine.json'), '{}');
      await rejects(writeFolder(folder, splitFlows(flows)), /did not write/);
      equal(await readFile(path.join(folder, 'tabs', 'mine.json'), 'utf8'), '{}');
    });

    it('is deployed with the revision that was read, as modified nodes', async () => {
      await writeFolder(folder, splitFlows(flows));
      const asked: (readonly [path: string, question: Question | undefined])[] = [];
      const house = {
        url: 'http://house',
        ask: (where: string, question?: Question) => {
          asked.push([where, question]);
          return Promise.resolve({ rev: 'of the house', flows: [] });
        },
      };
      const surroundings = {
        house,
        logins: { file: '', of: () => null, keep: () => {}, forget: () => {} },
        prompt: () => ({ ask: async () => '', close: () => {} }),
        out: () => {},
        note: () => {},
        cwd: folder,
        environment: {},
        ended: new AbortController().signal,
      };
      const flags = { json: false, follow: false, lines: 1, house: false };
      equal(await importFlows.run('.', flags, surroundings), true);
      const [where, question] = asked.at(-1) ?? [];
      deepEqual(
        [where, question?.method, question?.headers],
        ['/flows', 'POST', { 'node-red-api-version': 'v2', 'node-red-deployment-type': 'nodes' }],
      );
      deepEqual(question?.body, { rev: 'of the house', flows: joinFlows(splitFlows(flows)) });
    });

    it('is asked for where there is none', async () => {
      await rejects(readFolder(path.join(folder, 'none')), /no such folder/);
      match(String(await readFolder(folder).catch((error: unknown) => error)), /nothing in it/);
    });
  });
});
