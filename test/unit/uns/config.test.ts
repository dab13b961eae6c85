import assert from 'node:assert/strict';
import { topicFilter } from '../../../nodes/uns/src/protocol/topic-filter.ts';
import { readUnsConnection } from '../../../nodes/uns/src/uns-connection/config.ts';
import { unsConnectionDefaults } from '../../../nodes/uns/src/uns-connection/defaults.ts';
import { readUnsPublish } from '../../../nodes/uns/src/uns-publish/config.ts';
import { unsPublishDefaults } from '../../../nodes/uns/src/uns-publish/defaults.ts';
import { readUnsSubscribe } from '../../../nodes/uns/src/uns-subscribe/config.ts';
import { unsSubscribeDefaults } from '../../../nodes/uns/src/uns-subscribe/defaults.ts';

describe('configuration of the UNS nodes', () => {
  it('is usable as it starts', () => {
    const service = { url: 'mqtt://127.0.0.1:1883' };
    assert.equal(readUnsConnection(unsConnectionDefaults, {}, service).ok, true);
    assert.deepEqual(readUnsPublish(unsPublishDefaults).problems, []);
    assert.deepEqual(readUnsSubscribe(unsSubscribeDefaults).problems, []);
  });

  it('takes address and login of the house, or its own', () => {
    const service = { url: 'mqtt://127.0.0.1:1884', username: 'house', password: 'h' };
    const house = readUnsConnection({ source: 'bulkhead', url: 'mqtt://elsewhere' }, { username: 'own' }, service);
    assert.ok(house.ok);
    assert.deepEqual(
      [house.config.url, house.config.username, house.config.password],
      ['mqtt://127.0.0.1:1884', 'house', 'h'],
    );
    const own = readUnsConnection(
      { source: 'own', url: 'mqtts://elsewhere' },
      { username: 'own', password: '' },
      service,
    );
    assert.ok(own.ok);
    assert.deepEqual(
      [own.config.url, own.config.username, own.config.password],
      ['mqtts://elsewhere', 'own', undefined],
    );
  });

  it('says what is wrong with an address', () => {
    const cases: ReadonlyArray<[string, RegExp]> = [
      ['', /is missing/],
      ['localhost:1883', /is not an address|starts with/],
      ['http://broker', /starts with http:/],
      ['mqtt://user:secret@broker', /belong into their own fields/],
      ['mqtt://', /names no host|is not an address/],
    ];
    for (const [url, words] of cases) {
      const read = readUnsConnection({ source: 'own', url }, {}, undefined);
      assert.ok(!read.ok);
      assert.match(read.problem, words);
      assert.doesNotMatch(read.problem, /secret/);
    }
  });

  it('says what is wrong with a publisher and a subscriber', () => {
    assert.match(
      readUnsPublish({ topic: 'umh.v1.x' }).problems.join(),
      /the topic umh\.v1\.x cannot be used: it has fewer/,
    );
    assert.match(readUnsPublish({ queueSamples: 0 }).problems.join(), /queueSamples/);
    assert.match(readUnsSubscribe({ filter: 'umh.v1.a#' }).problems.join(), /# must be the last level/);
  });
});

describe('a topic filter', () => {
  it('may be written with dots or as in MQTT', () => {
    for (const [text, filter] of [
      ['umh.v1.acme.#', 'umh/v1/acme/#'],
      ['umh.v1.+.line._historian.x', 'umh/v1/+/line/_historian/x'],
      ['umh/v1/acme/#', 'umh/v1/acme/#'],
      ['$share/group/umh/v1/#', '$share/group/umh/v1/#'],
      ['#', '#'],
    ]) {
      assert.deepEqual(topicFilter(text ?? ''), { ok: true, filter });
    }
  });

  it('is refused where MQTT refuses it', () => {
    for (const text of ['', 'umh.v1.#.x', 'umh.v1.a+', 'a/#b', 'a\0b']) assert.equal(topicFilter(text).ok, false);
  });
});
