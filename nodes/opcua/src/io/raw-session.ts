import type {
  ClientSession,
  ClientSessionPublishService,
  ClientSessionRawSubscriptionService,
} from 'node-opcua-client';

/** A session with the subscription services as the specification has them, which the library keeps half hidden. */
export type RawSession = ClientSession & ClientSessionRawSubscriptionService & ClientSessionPublishService;

const services = [
  'createSubscription',
  'modifySubscription',
  'deleteSubscriptions',
  'createMonitoredItems',
  'publish',
  'republish',
] as const;

export function isRawSession(session: ClientSession): session is RawSession {
  return services.every((service) => typeof Reflect.get(session, service) === 'function');
}
