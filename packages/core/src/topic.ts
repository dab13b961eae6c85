/** A name in the Unified Namespace: `umh.v1.<level0>[.<level>…]._<contract>[.<virtual path>…].<name>`. */
export interface Topic {
  text: string;
  /** Level 0 first: enterprise, site, area, line… */
  location: readonly string[];
  /** With its leading underscore. */
  contract: string;
  virtualPath: readonly string[];
  name: string;
}

export type ParsedTopic = { ok: true; topic: Topic } | { ok: false; rule: TopicRule; message: string };

export type TopicRule = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11;

const RULES: Readonly<Record<TopicRule, string>> = {
  1: 'the topic is empty',
  2: 'it does not start with umh.v1.',
  3: 'it has fewer than five segments',
  4: 'level 0 is empty',
  5: 'it has no data contract: a segment after level 0 that starts with _ and is not the last one',
  6: 'the data contract is only an underscore',
  7: 'the name (the last segment) is empty',
  8: 'a virtual path segment is empty',
  9: 'level 0 starts with an underscore',
  10: 'a location sublevel is empty',
  11: 'it has a character outside A-Z a-z 0-9 . _ -',
};

const PREFIX = 'umh.v1.';
const FIRST_LEVEL = 2;
const FIRST_CONTRACT = 3;
const FEWEST_SEGMENTS = 5;
const ALLOWED = /^[A-Za-z0-9._-]+$/;

/**
 * Reads a dotted topic. Rules are tried in number order and the first broken one is reported, so that two
 * readers of the same wrong topic name the same fault. Never throws.
 */
export function parseTopic(text: string): ParsedTopic {
  if (text === '') return broken(1);
  if (!text.startsWith(PREFIX)) return broken(2);
  const segments = text.split('.');
  if (segments.length < FEWEST_SEGMENTS) return broken(3);
  const levelZero = segments[FIRST_LEVEL] ?? '';
  if (levelZero === '') return broken(4);
  const last = segments.length - 1;
  const contractAt = segments.findIndex((part, at) => at >= FIRST_CONTRACT && at < last && part.startsWith('_'));
  if (contractAt < 0) return broken(5);
  const contract = segments[contractAt] ?? '';
  if (contract === '_') return broken(6);
  const name = segments[last] ?? '';
  if (name === '') return broken(7);
  const virtualPath = segments.slice(contractAt + 1, last);
  if (virtualPath.includes('')) return broken(8);
  if (levelZero.startsWith('_')) return broken(9);
  const location = segments.slice(FIRST_LEVEL, contractAt);
  if (location.includes('')) return broken(10);
  if (!ALLOWED.test(text)) return broken(11);
  return { ok: true, topic: { text, location, contract, virtualPath, name } };
}

function broken(rule: TopicRule): ParsedTopic {
  return { ok: false, rule, message: RULES[rule] };
}

/** The MQTT image of a valid topic (dots become slashes), or why it has none. */
export function topicToMqtt(text: string): { ok: true; mqttTopic: string } | { ok: false; message: string } {
  const parsed = parseTopic(text);
  if (!parsed.ok) return { ok: false, message: parsed.message };
  return { ok: true, mqttTopic: text.replaceAll('.', '/') };
}

/**
 * The UNS topic behind an MQTT topic name, or why there is none. A segment that itself holds a dot is refused:
 * turned into dots it would read as two segments, and the way back would name another topic.
 */
export function topicFromMqtt(mqttTopic: string): { ok: true; topic: Topic } | { ok: false; message: string } {
  if (mqttTopic.includes('.')) return { ok: false, message: 'a segment of the MQTT topic contains a dot' };
  const parsed = parseTopic(mqttTopic.replaceAll('/', '.'));
  return parsed.ok ? parsed : { ok: false, message: parsed.message };
}
