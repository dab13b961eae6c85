import type {
  ClientSession,
  ClientSessionPublishService,
  ClientSessionRawSubscriptionService,
  Request,
  Response,
} from 'node-opcua-client';

/** One request and its answer, as they are. */
export interface ClientSessionTransactions {
  performMessageTransaction(request: Request, callback: (error: Error | null, response?: Response) => void): void;
}

/** A session with the services as the specification has them, which the library keeps half hidden. */
export type RawSession = ClientSession &
  ClientSessionRawSubscriptionService &
  ClientSessionPublishService &
  ClientSessionTransactions;

const services = [
  'createSubscription',
  'modifySubscription',
  'deleteSubscriptions',
  'createMonitoredItems',
  'deleteMonitoredItems',
  'publish',
  'republish',
  'performMessageTransaction',
] as const;

export function isRawSession(session: ClientSession): session is RawSession {
  return services.every((service) => typeof Reflect.get(session, service) === 'function');
}
