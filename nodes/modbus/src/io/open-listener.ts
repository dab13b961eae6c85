import type { Listen, ServerPlace } from '../modbus-server/listen.ts';
import { serialListener } from './serial-listener.ts';
import { tcpListener } from './tcp-listener.ts';

/** What listens where a `modbus-server` says. */
export function listenerAt(place: ServerPlace): Listen {
  return place.kind === 'tcp' ? tcpListener(place) : serialListener(place.line);
}
