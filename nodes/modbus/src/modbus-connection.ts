import { BulkheadError, systemClock } from '@bulkhead/core';
import { type ConnectionUsers, connectionUsers, createOutageReport, onClose } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { tcpTransport } from './io/modbus-tcp.ts';
import { readModbusConnection } from './modbus-connection/config.ts';
import { createLink, type Link } from './modbus-connection/link.ts';

/** What a reader finds at its connection node; `modbus` is absent while that is not configured. */
export interface ModbusConnectionNode extends Node {
  modbus?: { link: Link; users: ConnectionUsers; unitId: number };
}

export function register(RED: NodeAPI): void {
  function construct(this: ModbusConnectionNode, definition: NodeDef): void {
    RED.nodes.createNode(this, definition);
    const read = readModbusConnection(definition);
    if (!read.ok) {
      const message = RED._('modbus-connection.error.config', { problem: read.problem });
      this.error(new BulkheadError('invalid-config', message), {});
      return;
    }
    const { config } = read;
    const where = `${config.host}:${config.port}`;
    const link = createLink({
      open: tcpTransport(config),
      clock: systemClock,
      random: Math.random,
      backOff: { firstMs: config.reconnectFirstMs, factor: 2, maxMs: config.reconnectMaxMs, jitter: 0.3 },
      timeoutMs: config.timeoutMs,
      maxInFlight: config.maxInFlight,
      maxQueued: 1000,
    });
    link.watch(
      createOutageReport({
        lost: (cause) => {
          const message = RED._('modbus-connection.error.lost', { where, reason: cause.message });
          this.error(new BulkheadError('connection-lost', message, { retryable: true, cause }), {});
        },
        restored: () => this.log(RED._('modbus-connection.log.restored', { where })),
      }),
    );
    const users = connectionUsers(this, { connect: link.start, disconnect: link.stop });
    this.modbus = { link, users, unitId: config.unitId };
    onClose(this, () => link.stop());
  }
  RED.nodes.registerType('modbus-connection', construct);
}
