import { deepEqual, ok } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '@bulkhead/core';
import { connectFrame } from '../../../nodes/s7/src/protocol/frame.ts';
import { readS7Connection } from '../../../nodes/s7/src/s7-connection/config.ts';
import { readS7Read } from '../../../nodes/s7/src/s7-read/config.ts';
import { readS7Write } from '../../../nodes/s7/src/s7-write/config.ts';

const folder = path.resolve(import.meta.dirname, '../../../nodes/s7/examples');

describe('The examples of the S7 palette', () => {
  for (const file of readdirSync(folder)) {
    it(`${file} has nothing wrong in its tables`, () => {
      const flow: unknown = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
      const nodes = Array.isArray(flow) ? flow.filter(isRecord) : [];
      const read = nodes.flatMap((node): { ok: boolean; problem?: string }[] => {
        if (node['type'] === 's7-connection') return [readS7Connection(node)];
        if (node['type'] === 's7-read') return [readS7Read(node, new Map())];
        return node['type'] === 's7-write' ? [readS7Write(node, new Map())] : [];
      });
      ok(read.length >= 2);
      deepEqual(
        read.flatMap(({ ok: isGood, problem }) => (isGood ? [] : [problem])),
        [],
      );
    });
  }
});

describe('The configuration of an S7 writer', () => {
  it('takes no limits for what is no number', () => {
    const row = { topic: 'umh.v1.a._raw.x', address: 'DB1,STRING0.10', max: '5' };
    const read = readS7Write({ tags: [row] }, new Map());
    ok(!read.ok && /a STRING has no min and max/.test(read.problem), JSON.stringify(read));
    ok(readS7Write({ tags: [{ ...row, address: 'DB1,INT0' }] }, new Map()).ok);
  });
});

describe('The configuration of an S7 connection', () => {
  const addressOf = (raw: object): unknown => {
    const read = readS7Connection({ host: 'plc', ...raw });
    return read.ok ? [read.config.address.localTsap, read.config.address.remoteTsap] : read.problem;
  };

  it('makes access points of rack and slot, or takes them as they are written', () => {
    deepEqual(addressOf({ plc: 's7-300', rack: '0', slot: '2' }), [0x0100, 0x0302]);
    deepEqual(addressOf({ plc: 'rack', rack: '1', slot: '3' }), [0x0100, 0x0323]);
    deepEqual(addressOf({ plc: 'logo', localTsap: '01.00', remoteTsap: '0200' }), [0x0100, 0x0200]);
  });

  it('asks a LOGO for a connection between the access points that its dialog names', () => {
    const read = readS7Connection({ host: 'logo', plc: 'logo', localTsap: '10.00', remoteTsap: '2001' });
    if (!read.ok) throw new Error(read.problem);
    const { localTsap, remoteTsap } = read.config.address;
    // RFC 905, clause 13.3.4: parameter 0xc1 is the TSAP of the caller, 0xc2 that of the called.
    ok(connectFrame(localTsap, remoteTsap).toString('hex').endsWith('c1021000c2022001'));
  });

  it('has it tried again later and later, not at the same instant as another', () => {
    const read = readS7Connection({ host: 'plc' });
    deepEqual(read.ok && read.config.backOff, { firstMs: 500, factor: 2, maxMs: 15_000, jitter: 0.3 });
  });

  it('names what is wrong', () => {
    ok(/remoteTsap is "2"/.test(String(addressOf({ plc: 'tsap', remoteTsap: '2' }))));
    ok(/host is missing/.test(String(addressOf({ host: '' }))));
    ok(/slot must be/.test(String(addressOf({ slot: '99' }))));
  });

  it('allows no writes unless it says so', () => {
    const read = readS7Connection({ host: 'plc' });
    ok(read.ok && !read.config.allowWrites);
  });
});
