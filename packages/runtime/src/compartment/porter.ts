/**
 * What a container has instead of listening: it holds connections to its gate ready, and when somebody speaks on one,
 * leads him to the socket inside. Another connection is held ready for the end of whoever keeps the container.
 */
import type { Socket } from 'node:net';
import { type GateAccess, type GateService, gateServices, wantsLife } from '../protocol/gate.ts';
import { openStream } from '../protocol/stream.ts';
import type { CompartmentBoot } from './boot.ts';

/** Of each service. A visitor who finds none waits for a handshake, 3 ms. */
const readyConnections = 3;
const retryMs = 100;
/** A gate that is gone does not come back; one connection may still break by itself. */
const goneAfter = 5;

export function openPorter(
  boot: Pick<CompartmentBoot, 'httpSocket' | 'linkSocket'>,
  { host, port, ...proof }: GateAccess,
  onGone: () => void,
): void {
  const sockets: Readonly<Record<GateService, string>> = { http: boot.httpSocket, links: boot.linkSocket };
  let failures = 0;
  let gone = false;

  const dialGate = (wants: string, onOpen: (socket: Socket) => void, onLost: () => void): void => {
    const socket = openStream({ host, port, tls: { ...proof, wants } }, () => onOpen(socket));
    socket.on('error', () => {});
    socket.once('close', onLost);
  };

  const hold = (service: GateService): void => {
    let taken = false;
    dialGate(
      service,
      (socket) => {
        socket.once('data', (first: Buffer) => {
          taken = true;
          socket.pause();
          hold(service);
          const inside = openStream({ path: sockets[service] }, () => {
            inside.write(first);
            socket.pipe(inside);
            inside.pipe(socket);
          });
          inside.on('error', () => {});
          inside.once('close', () => socket.destroy());
          socket.once('close', () => inside.destroy());
        });
      },
      () => {
        if (!taken && !gone) setTimeout(() => hold(service), retryMs);
      },
    );
  };

  const live = (): void =>
    dialGate(
      wantsLife,
      (socket) => {
        failures = 0;
        socket.resume();
      },
      () => {
        failures += 1;
        if (failures < goneAfter) return void setTimeout(live, retryMs);
        gone = true;
        onGone();
      },
    );

  live();
  for (const service of gateServices) for (let n = 0; n < readyConnections; n += 1) hold(service);
}
