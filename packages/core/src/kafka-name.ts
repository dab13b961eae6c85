export interface KafkaName {
  topic: string;
  /** Empty when the whole name fits in the topic. */
  key: string;
}

export type KafkaNameResult = ({ ok: true } & KafkaName) | { ok: false; message: string };
export type MqttNameResult = { ok: true; mqttTopic: string } | { ok: false; message: string };

/** MQTT 3.1.1 §4.7.1 and §4.7.3: wildcards and NUL may not occur in the name that a message is published to. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is the character the specification forbids
const FORBIDDEN_IN_MQTT = /[+#\u0000]/;

/**
 * The Kafka name of an MQTT topic: outer slashes are trimmed, the first `split` segments joined with dots are the
 * topic and the rest is the record key; `split` 0 puts everything in the topic. A segment that itself holds a dot
 * has no faithful image and is refused.
 */
export function mqttToKafka(mqttTopic: string, split: number): KafkaNameResult {
  const segments = trimSlashes(mqttTopic).split('/');
  if (segments.length === 1 && segments[0] === '') return { ok: false, message: 'the MQTT topic is empty' };
  const dotted = segments.find((segment) => segment.includes('.'));
  if (dotted !== undefined) {
    return { ok: false, message: `segment ${JSON.stringify(dotted)} of the MQTT topic contains a dot` };
  }
  const cut = split > 0 ? split : segments.length;
  return { ok: true, topic: segments.slice(0, cut).join('.'), key: segments.slice(cut).join('.') };
}

/** The way back: topic and key joined with a dot, dots become slashes. Refuses what could not come from MQTT. */
export function kafkaToMqtt(name: KafkaName): MqttNameResult {
  const dotted = name.key === '' ? name.topic : `${name.topic}.${name.key}`;
  if (dotted === '') return { ok: false, message: 'the Kafka topic is empty' };
  if (dotted.includes('/')) return { ok: false, message: 'the Kafka topic or key contains a slash' };
  if (dotted.startsWith('.') || dotted.endsWith('.')) {
    return { ok: false, message: 'the Kafka name starts or ends with a dot: its MQTT image would not lead back to it' };
  }
  if (FORBIDDEN_IN_MQTT.test(dotted)) {
    return { ok: false, message: 'the Kafka topic or key contains +, # or NUL, which MQTT does not allow' };
  }
  return { ok: true, mqttTopic: dotted.replaceAll('.', '/') };
}

// Not a regular expression: /\/+$/ is quadratic on a long run of inner slashes.
function trimSlashes(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text[start] === '/') start += 1;
  while (end > start && text[end - 1] === '/') end -= 1;
  return text.slice(start, end);
}
