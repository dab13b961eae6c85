import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { canReadFlows } from '../../../packages/runtime/src/editor/can-read-flows.ts';
import { prepareFlowFile, readFlowFile } from '../../../packages/runtime/src/editor/flow-file.ts';

const readsAll = (): boolean => true;

describe('a flow file', () => {
  for (const [text, leftOut] of [
    ['', []],
    ['[]', []],
    ['\uFEFF[{"id":"a","type":"tab"}]', []],
    ['[{"id":"a","type":"tab"},7,null,[],"x",{"id":"b","type":"tab"}]', [1, 2, 3, 4]],
    ['[{"id":1,"type":"tab"},{"type":"debug"},{"id":"b"}]', [0, 1, 2]],
  ] as const) {
    it(`with ${JSON.stringify(text)} is used${leftOut.length > 0 ? ', without what is no node' : ''}`, () => {
      const found = readFlowFile(text, readsAll);
      assert.ok('entries' in found);
      assert.deepEqual(found.leftOut, leftOut);
    });
  }
  for (const [text, problem] of [
    ['[{"id":"a"', /not JSON/],
    ['{"flows":[]}', /not a list/],
    ['null', /not a list/],
    ['\0\0\0', /not JSON/],
  ] as const) {
    it(`with ${JSON.stringify(text)} is refused`, () => {
      const found = readFlowFile(text, readsAll);
      assert.ok('problem' in found);
      assert.match(found.problem, problem);
    });
  }
});

describe('a flow file with what Node-RED stumbles over', () => {
  const tab = { id: 'a', type: 'tab' };
  const stumbles = { id: 'out', type: 'link out', z: 'a', links: 'text', wires: [] };

  it('is used without that', () => {
    assert.deepEqual(readFlowFile(JSON.stringify([tab, stumbles]), canReadFlows), { entries: [tab], leftOut: [1] });
  });

  it('loses no entry that means something only together with others', () => {
    const good = [
      tab,
      {
        id: 'sf',
        type: 'subflow',
        name: 'S',
        in: [{ wires: [{ id: 'inner' }] }],
        out: [{ wires: [{ id: 'inner', port: 0 }] }],
      },
      { id: 'inner', type: 'change', z: 'sf', g: 'outside', rules: [], wires: [[]] },
      { id: 'instance', type: 'subflow:sf', z: 'a', wires: [['gone']] },
      { id: 'group', type: 'group', z: 'a', g: 'another', nodes: ['instance'] },
      { id: 'in', type: 'link in', z: 'a', links: ['gone'], wires: [[]] },
      { id: 'config', type: 'tls-config', z: 'sf' },
      { id: 'unknown', type: 'of a palette that is not there', z: 'gone', wires: [] },
    ];
    assert.deepEqual(readFlowFile(JSON.stringify([...good, stumbles]), canReadFlows), { entries: good, leftOut: [8] });
  });

  it('is refused where no single entry is to blame', () => {
    const both = (entries: readonly unknown[]): boolean => entries.length < 2;
    assert.deepEqual(readFlowFile(JSON.stringify([tab, { id: 'b', type: 'tab' }]), both), {
      problem: 'Node-RED cannot make flows of it',
    });
  });
});

describe('preparing the flow file', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'bh-flow-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const write = (name: string, text: string): void => writeFileSync(path.join(directory, name), text);
  const flows = (): string => readFileSync(path.join(directory, 'flows.json'), 'utf8');

  it('copies the demo into an empty directory, and never over flows', () => {
    write('demo.json', '[{"id":"demo","type":"tab"}]');
    const demo = path.join(directory, 'demo.json');
    assert.equal(prepareFlowFile(directory, demo, new Date(0), readsAll), undefined);
    assert.match(flows(), /demo/);
    write('flows.json', '[]');
    prepareFlowFile(directory, demo, new Date(0), readsAll);
    assert.equal(flows(), '[]');
  });

  it('replaces a broken file by the backup and keeps it', () => {
    write('flows.json', 'broken');
    write('.flows.json.backup', '[{"id":"old","type":"tab"}]');
    assert.match(prepareFlowFile(directory, undefined, new Date(0), readsAll) ?? '', /flows before the last deploy/);
    assert.match(flows(), /old/);
    assert.ok(readdirSync(directory).includes('flows.json.broken-1970-01-01T00-00-00-000Z'));
  });

  it('takes out what is no node and leaves all else, with the file as it was beside it', () => {
    const broken = '[{"id":"a","type":"tab"},null,{"type":"debug"},{"id":"b","type":"tab"}]';
    write('flows.json', broken);
    write('.flows.json.backup', '[{"id":"old","type":"tab"}]');
    assert.match(prepareFlowFile(directory, undefined, new Date(0), readsAll) ?? '', /\(entries 2, 3\).*all else runs/);
    assert.deepEqual(JSON.parse(flows()), [
      { id: 'a', type: 'tab' },
      { id: 'b', type: 'tab' },
    ]);
    assert.equal(readFileSync(path.join(directory, 'flows.json.broken-1970-01-01T00-00-00-000Z'), 'utf8'), broken);
    assert.equal(prepareFlowFile(directory, undefined, new Date(1), readsAll), undefined);
  });

  for (const [what, text] of [
    ['torn', '[{"id":"new"'],
    ['empty', ''],
  ] as const) {
    it(`is replaced where it is ${what} and there is no room for a copy of the backup`, () => {
      write('flows.json', text);
      write('.flows.json.backup', '[{"id":"old","type":"tab"}]');
      symlinkSync('/dev/full', path.join(directory, 'flows.json.new'));
      assert.match(prepareFlowFile(directory, undefined, new Date(0), readsAll) ?? '', /flows before the last deploy/);
      assert.match(flows(), /old/);
    });
  }

  it('is left empty where there was nothing before', () => {
    write('flows.json', '');
    write('.flows.json.backup', '');
    assert.equal(prepareFlowFile(directory, undefined, new Date(0), readsAll), undefined);
  });
});
