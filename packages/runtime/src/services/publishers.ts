/**
 * Who publishes which topic. MQTT does not tell a subscriber; the embedded broker knows, and says it once per change
 * as a retained message below `$SYS`, which ordinary subscriptions to `#` do not get.
 */

const root = '$SYS/bulkhead/publisher/';

/** The MQTT topic that carries the client id of a topic's publisher. */
export const publisherTopic = (mqttTopic: string): string => root + mqttTopic;

export interface PublisherWatch {
  /** True when the publisher of a topic is new or another one. */
  changed(mqttTopic: string, clientId: string): boolean;
}

/** Remembers at most `maxTopics`; topics beyond them are not told of. */
export function watchPublishers(maxTopics: number): PublisherWatch {
  const known = new Map<string, string>();
  return {
    changed(mqttTopic, clientId) {
      if (known.get(mqttTopic) === clientId) return false;
      if (!known.has(mqttTopic) && known.size >= maxTopics) return false;
      known.set(mqttTopic, clientId);
      return true;
    },
  };
}
