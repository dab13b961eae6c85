import { systemClock } from '@bulkhead/core';
import { type ConnectionUsers, connectionUsers, serviceOfTheHouse } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { Database } from './database.ts';
import { readHistorianConnection } from './historian-connection/config.ts';
import { createPgDatabase } from './io/pg-database.ts';

interface Login {
  password: string;
}

/** What the other nodes find at their connection node; `database` is absent while it is not configured. */
export interface HistorianConnectionNode extends Node<Login> {
  database?: Database;
  historianUsers?: ConnectionUsers;
}

export function register(RED: NodeAPI): void {
  function construct(this: HistorianConnectionNode, definition: NodeDef): void {
    RED.nodes.createNode(this, definition);
    const read = readHistorianConnection(definition, this.credentials, serviceOfTheHouse(RED, 'postgres'));
    if (!read.ok) {
      // With a message, though an empty one, Catch nodes see it too.
      this.error(read.problem, {});
      return;
    }
    const database = createPgDatabase(read.config, { clock: systemClock, random: Math.random });
    // One report per outage and cause: who started the database must still hear of the wrong password.
    const reported = new Set<string>();
    database.onState((state) => {
      if (state.kind === 'waiting') {
        if (!reported.has(state.problem.code)) this.error(state.problem, {});
        reported.add(state.problem.code);
      } else if (state.kind === 'connected') {
        if (reported.size > 0)
          this.log(RED._('historian-connection.log.restored', { host: read.config.host, tier: state.tier }));
        reported.clear();
      }
    });
    this.database = database;
    this.historianUsers = connectionUsers(this, { connect: () => database.open(), disconnect: () => database.close() });
  }
  RED.nodes.registerType<HistorianConnectionNode, NodeDef, object, Login>('historian-connection', construct, {
    credentials: { password: { type: 'password' } },
  });
}
