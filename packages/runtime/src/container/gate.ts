/**
 * The gate of a container: the one address that it can reach and be reached by.
 *
 * The container listens on nothing. It dials the gate, over TLS, and says by the server name what it wants: a socket of
 * the house (the supervisor, the links of another compartment), or to serve (its HTTP, its links); such a connection is
 * parked until somebody comes for it. Behind the gate everything is a unix socket of the run directory, where it
 * would be if the compartment were a process. Bytes pass as they are: tokens are asked for by whoever is dialled.
 */
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import type { MutualTls } from '../protocol/address.ts';
import { gateServices, type GateService, wantsLife } from '../protocol/gate.ts';
import { isLinkSocketName } from '../protocol/socket-name.ts';
import { createStreamServer, listenOn, openStream } from '../protocol/stream.ts';

export interface GateOptions {
  /** Of this machine, as the container sees it. */
  readonly host: string;
  readonly tls: MutualTls;
  readonly runDirectory: string;
  readonly supervisorSocket: string;
  /** Where others look for what the container serves. */
  readonly sockets: Readonly<Record<GateService, string>>;
  readonly log: (line: string) => void;
}

export interface Gate {
  readonly port: number;
  close(): void;
}

/** Connections that the container holds ready, and visitors that wait for one; further ones are closed. */
const maxParked = 16;
const maxVisitors = 64;
const visitorLimitMs = 5_000;
const handshakeTimeoutMs = 5_000;

export async function openGate(options: GateOptions): Promise<Gate> {
  const { host, tls, runDirectory, supervisorSocket, sockets, log } = options;
  const open = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
    return socket;
  };
  const desks: ReadonlyMap<string, Desk> = new Map(gateServices.map((name) => [name, createDesk()]));

  const admit = (socket: Socket, wants: string): void => {
    keep(socket);
    // It is held and never spoken on: its end tells the container that nobody keeps it any more.
    if (wants === wantsLife) return void socket.resume();
    const desk = desks.get(wants);
    if (desk !== undefined) return desk.park(socket);
    const target = path.join(runDirectory, wants);
    if (target !== supervisorSocket && !isLinkSocketName(wants)) {
      log(`the container asked for ${JSON.stringify(wants.slice(0, 80))}, which is not for it`);
      return void socket.destroy();
    }
    const inside = keep(openStream({ path: target }, () => join(socket, inside)));
    inside.on('close', () => socket.destroy());
  };

  const door = createStreamServer({ host, port: 0, tls }, admit, {
    handshakeTimeoutMs,
    onRefused: (reason) => log(`somebody at the gate could not prove to be the container: ${reason}`),
  });
  const address = await listenOn(door, { host, port: 0 });
  const windows: Server[] = [];
  for (const name of gateServices) {
    // Left behind by a life that was killed.
    rmSync(sockets[name], { force: true });
    const window = createServer((visitor) => desks.get(name)?.visit(keep(visitor)));
    await listenOn(window, { path: sockets[name] });
    window.on('error', (error) => log(`${name}: ${error.message}`));
    windows.push(window);
  }
  door.on('error', (error) => log(`gate: ${error.message}`));

  return {
    port: 'port' in address ? address.port : 0,
    close() {
      for (const server of [door, ...windows]) server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** Brings together those who come for a service of the container and the connections it holds ready for them. */
interface Desk {
  park(socket: Socket): void;
  visit(visitor: Socket): void;
}

function createDesk(): Desk {
  const parked: Socket[] = [];
  const visitors: Socket[] = [];
  const without = (list: Socket[], socket: Socket): void => {
    const at = list.indexOf(socket);
    if (at !== -1) list.splice(at, 1);
  };
  const match = (): void => {
    while (parked.length > 0 && visitors.length > 0) {
      const [container, visitor] = [parked.shift(), visitors.shift()];
      if (container && visitor) join(visitor, container);
    }
  };
  return {
    park(socket) {
      if (parked.length >= maxParked) return void socket.destroy();
      parked.push(socket);
      // Nothing is said on it before a visitor spoke; reading it is how its end is noticed.
      socket.resume();
      socket.once('close', () => without(parked, socket));
      match();
    },
    visit(visitor) {
      visitor.pause();
      if (visitors.length >= maxVisitors) return void visitor.destroy();
      visitors.push(visitor);
      const late = setTimeout(() => {
        if (visitors.includes(visitor)) visitor.destroy();
      }, visitorLimitMs);
      visitor.once('close', () => {
        clearTimeout(late);
        without(visitors, visitor);
      });
      match();
    },
  };
}

/** Both directions, each at the pace of its reader; the end of one is the end of the other. */
function join(one: Socket, other: Socket): void {
  one.pipe(other);
  other.pipe(one);
  one.once('close', () => other.destroy());
  other.once('close', () => one.destroy());
}
