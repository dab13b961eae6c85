import { randomBytes } from 'node:crypto';
import { systemClock } from '@bulkhead/core';
import { type ConnectionUsers, connectionUsers, serviceOfTheHouse } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { createMqttLink } from './io/mqtt-link.ts';
import { readUnsConnection } from './uns-connection/config.ts';
import { backOffOf } from './uns-connection/back-off.ts';
import { createConnection, type Role, type UnsConnection } from './uns-connection/connection.ts';
import { createOutageReport } from './uns-connection/outage-report.ts';

interface Login {
  username: string;
  password: string;
}

/** What `uns-publish` and `uns-subscribe` find at their connection node; `uns` is absent while it is not configured. */
export interface UnsConnectionNode extends Node<Login> {
  uns?: UnsConnection;
  unsUsers: ConnectionUsers;
}

export function register(RED: NodeAPI): void {
  function construct(this: UnsConnectionNode, definition: NodeDef): void {
    RED.nodes.createNode(this, definition);
    // Each session connects when its node asks for it: the users are kept for their Catch and Status nodes.
    this.unsUsers = connectionUsers(this, { connect: () => undefined, disconnect: () => undefined });
    const read = readUnsConnection(definition, this.credentials, serviceOfTheHouse(RED, 'mqtt'));
    if (!read.ok) {
      this.error(read.problem, {});
      return;
    }
    const { config } = read;
    const outages = createOutageReport({
      // With a message, though an empty one, Catch nodes see it too.
      lost: (problem) => this.error(problem, {}),
      restored: () => this.log(RED._('uns-connection.log.restored', { url: config.url })),
    });
    this.uns = createConnection((role) => {
      const clientId =
        config.clientId === '' ? `bulkhead-${randomBytes(6).toString('hex')}` : clientIdOf(config.clientId, role);
      return createMqttLink(
        { ...config, clientId, backOff: backOffOf[role.kind] },
        { clock: systemClock, random: Math.random },
      );
    }, outages);
  }
  RED.nodes.registerType<UnsConnectionNode, NodeDef, object, Login>('uns-connection', construct, {
    credentials: { username: { type: 'text' }, password: { type: 'password' } },
  });
}

function clientIdOf(fixed: string, role: Role): string {
  return role.kind === 'publisher' ? fixed : `${fixed}-${role.nodeId}`;
}
