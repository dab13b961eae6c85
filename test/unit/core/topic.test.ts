import assert from 'node:assert/strict';
import { parseTopic, topicFromMqtt, topicToMqtt } from '@bulkhead/core';
import fc from 'fast-check';
import * as v from 'valibot';
import { withVectors } from './conformance.ts';

const vectors = v.object({
  valid: v.array(
    v.object({
      topic: v.string(),
      location: v.array(v.string()),
      contract: v.string(),
      virtualPath: v.array(v.string()),
      name: v.string(),
    }),
  ),
  invalid: v.array(v.object({ topic: v.string(), rule: v.number() })),
});

const segment = fc.stringMatching(/^[A-Za-z0-9-][A-Za-z0-9_-]{0,8}$/);
const contract = fc.stringMatching(/^_[A-Za-z0-9_-]{1,8}$/);
const anySegment = fc.oneof(segment, contract);
const validTopic = fc
  .record({
    location: fc.array(segment, { minLength: 1, maxLength: 6 }),
    contract,
    virtualPath: fc.array(anySegment, { maxLength: 4 }),
    name: anySegment,
  })
  .map((parts) => ({
    ...parts,
    text: ['umh.v1', ...parts.location, parts.contract, ...parts.virtualPath, parts.name].join('.'),
  }));

function ruleOf(text: string): number | 'valid' {
  const parsed = parseTopic(text);
  return parsed.ok ? 'valid' : parsed.rule;
}

describe('a topic', () => {
  const table: readonly [text: string, outcome: number | 'valid', why: string][] = [
    ['umh.v1.works._raw.t', 'valid', 'the shortest form'],
    ['umh.v1.works.hall.line.filler._historian.bowl.pressure', 'valid', 'levels and a virtual path'],
    ['umh.v1.works._raw._x', 'valid', 'a name may start with an underscore'],
    ['umh.v1.works._raw._historian.x', 'valid', 'the first contract counts, the second is a path segment'],
    ['', 1, 'nothing'],
    ['umh', 2, 'only the first word'],
    ['umh.v1', 2, 'the prefix ends with a dot'],
    [' umh.v1.works._raw.t', 2, 'a leading space'],
    ['umh.v1.', 3, 'only the prefix'],
    ['umh.v1.works._raw', 3, 'a contract and no name'],
    ['umh.v1.._raw.t', 4, 'no level 0'],
    ['umh.v1...', 4, 'level 0 is tried before the contract'],
    ['umh.v1.works.raw.t', 5, 'no underscore anywhere'],
    ['umh.v1.works.hall._raw', 5, 'the last segment is no contract'],
    ['umh.v1._works.raw.t', 5, 'level 0 is no contract'],
    ['umh.v1.works._.t', 6, 'a bare underscore'],
    ['umh.v1.works._._raw.', 6, 'the contract is tried before the name'],
    ['umh.v1.works._raw.', 7, 'a trailing dot'],
    ['umh.v1.works._raw..', 7, 'the name is tried before the path'],
    ['umh.v1.works._raw..t', 8, 'a gap in the path'],
    ['umh.v1.works..hall._raw..t', 8, 'the path is tried before the location'],
    ['umh.v1._works..hall._raw.t', 9, 'level 0 is tried before its sublevels'],
    ['umh.v1.works..hall._raw.t', 10, 'a gap in the location'],
    ['umh.v1.works..hall._raw.t t', 10, 'characters are tried last'],
    ['umh.v1.wörks._raw.t', 11, 'a letter outside ASCII'],
    ['umh.v1.works._raw.t\n', 11, 'a newline at the end'],
    ['umh.v1.works._raw.t\u0000', 11, 'NUL'],
    ['umh.v1.works._raw.\u001b[31m', 11, 'a control character'],
    ['umh.v1.works._raw.\ud83d', 11, 'a lone surrogate'],
    ['umh.v1.works._raw.🔩', 11, 'a whole surrogate pair'],
    ['umh.v1.works._raw.١', 11, 'a digit of another script'],
    ['umh.v1.works/hall._raw.t', 11, 'a slash'],
    ['umh.v1.works.#._raw.t', 11, 'an MQTT wildcard'],
  ];
  for (const [text, outcome, why] of table) {
    it(`${JSON.stringify(text)} is ${outcome === 'valid' ? 'valid' : `broken by rule ${outcome}`}: ${why}`, () => {
      assert.equal(ruleOf(text), outcome);
    });
  }

  it('says in words which rule is broken', () => {
    const parsed = parseTopic('umh.v1.works._raw.');
    assert.ok(!parsed.ok);
    assert.match(parsed.message, /name .* is empty/);
  });

  it('gives back the parts it was made of', () => {
    fc.assert(
      fc.property(validTopic, (made) => {
        const parsed = parseTopic(made.text);
        assert.ok(parsed.ok);
        assert.deepEqual(parsed.topic, { ...made });
      }),
    );
  });

  it('of any text never makes the reader throw, and breaks a rule or gives its text back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (tail) => {
        for (const text of [tail, `umh.v1.${tail}`, `umh.v1.a._b.${tail}`]) {
          const parsed = parseTopic(text);
          if (parsed.ok) assert.match(parsed.topic.text, /^[A-Za-z0-9._-]+$/);
        }
      }),
    );
  });

  it('with one forbidden character anywhere is refused', () => {
    const forbidden = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 1 })
      .filter((c) => !/[A-Za-z0-9._-]/.test(c));
    fc.assert(
      fc.property(validTopic, fc.nat(), forbidden, ({ text }, at, char) => {
        const cut = 'umh.v1.'.length + (at % (text.length - 'umh.v1.'.length));
        assert.notEqual(ruleOf(text.slice(0, cut) + char + text.slice(cut)), 'valid');
      }),
    );
  });

  withVectors('uns-topics.json', vectors, ({ valid, invalid }) => {
    for (const { topic, ...parts } of valid) {
      it(`is read as the shared vectors say: ${topic.slice(0, 80)}`, () => {
        const parsed = parseTopic(topic);
        assert.ok(parsed.ok);
        assert.deepEqual(parsed.topic, { text: topic, ...parts });
      });
    }
    for (const { topic, rule } of invalid) {
      it(`breaks the rule the shared vectors say: ${JSON.stringify(topic)}`, () => assert.equal(ruleOf(topic), rule));
    }
  });
});

describe('a topic on MQTT', () => {
  it('goes there and back unchanged', () => {
    fc.assert(
      fc.property(validTopic, ({ text }) => {
        const there = topicToMqtt(text);
        assert.ok(there.ok);
        assert.ok(!there.mqttTopic.includes('.'));
        const back = topicFromMqtt(there.mqttTopic);
        assert.ok(back.ok);
        assert.equal(back.topic.text, text);
      }),
    );
  });

  it('is refused when it breaks a rule, with the words of that rule', () => {
    assert.deepEqual(topicToMqtt('umh.v1.works._raw.'), {
      ok: false,
      message: 'the name (the last segment) is empty',
    });
  });

  it('is refused when a segment holds a dot, because two topics would become one', () => {
    const back = topicFromMqtt('umh/v1/works/_raw/motor.speed');
    assert.ok(!back.ok);
    assert.match(back.message, /dot/);
  });

  it('is refused outside the grammar', () => {
    assert.equal(topicFromMqtt('bulkhead/drain/x').ok, false);
    assert.equal(topicFromMqtt('/umh/v1/works/_raw/t').ok, false);
  });
});
