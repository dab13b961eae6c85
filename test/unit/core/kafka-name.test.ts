import assert from 'node:assert/strict';
import { kafkaToMqtt, mqttToKafka } from '@bulkhead/core';
import fc from 'fast-check';
import * as v from 'valibot';
import { withVectors } from './conformance.ts';

const vectors = v.object({
  cases: v.array(
    v.object({ mqtt: v.string(), split: v.number(), kafka: v.object({ topic: v.string(), key: v.string() }) }),
  ),
});

describe('an MQTT name on Kafka', () => {
  const table: readonly [mqtt: string, split: number, topic: string, key: string][] = [
    ['umh/v1/works/_raw/t', 3, 'umh.v1.works', '_raw.t'],
    ['umh/v1/works/_raw/t', 5, 'umh.v1.works._raw.t', ''],
    ['umh/v1/works/_raw/t', 9, 'umh.v1.works._raw.t', ''],
    ['umh/v1/works/_raw/t', 0, 'umh.v1.works._raw.t', ''],
    ['//umh/v1//', 1, 'umh', 'v1'],
    ['a//b', 1, 'a', '.b'],
  ];
  for (const [mqtt, split, topic, key] of table) {
    it(`${mqtt} split after ${split} is ${topic} and key ${JSON.stringify(key)}`, () => {
      assert.deepEqual(mqttToKafka(mqtt, split), { ok: true, topic, key });
    });
  }

  it('is refused when a segment holds a dot', () => {
    const mapped = mqttToKafka('umh/v1/motor.speed', 2);
    assert.ok(!mapped.ok);
    assert.match(mapped.message, /motor\.speed/);
  });

  it('is refused when there is no name at all', () => {
    assert.equal(mqttToKafka('', 1).ok, false);
    assert.equal(mqttToKafka('///', 0).ok, false);
  });

  it('leads back to itself whatever the split, once its outer slashes are trimmed', () => {
    const segment = fc.string({ minLength: 0, maxLength: 6 }).filter((text) => !/[./+#\u0000]/.test(text));
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 8 }), fc.nat(10), (segments, split) => {
        const mqtt = segments.join('/');
        const trimmed = mqtt.replace(/^\/+/, '').replace(/\/+$/, '');
        const there = mqttToKafka(mqtt, split);
        assert.equal(there.ok, trimmed !== '');
        if (there.ok) assert.deepEqual(kafkaToMqtt(there), { ok: true, mqttTopic: trimmed });
      }),
    );
  });

  it('trims a long run of slashes in no time worth measuring', () => {
    assert.equal(mqttToKafka(`a${'/'.repeat(200_000)}b`, 1).ok, true);
  });

  for (const name of [
    { topic: '', key: '' },
    { topic: 'a/b', key: '' },
    { topic: 'a', key: 'b/c' },
    { topic: '.a', key: '' },
    { topic: 'a', key: 'b.' },
    { topic: 'a+', key: '' },
  ]) {
    it(`has no way back from ${JSON.stringify(name)}`, () => assert.equal(kafkaToMqtt(name).ok, false));
  }

  withVectors('mqtt-kafka-names.json', vectors, ({ cases }) => {
    for (const { mqtt, split, kafka } of cases) {
      it(`is as the shared vectors say: ${mqtt} split after ${split}`, () => {
        assert.deepEqual(mqttToKafka(mqtt, split), { ok: true, ...kafka });
        assert.deepEqual(kafkaToMqtt(kafka), { ok: true, mqttTopic: mqtt.replace(/^\/|\/$/g, '') });
      });
    }
  });
});
