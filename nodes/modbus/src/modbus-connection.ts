import path from 'node:path';
import { BulkheadError, systemClock } from '@bulkhead/core';
import { type ConnectionUsers, connectionUsers, createOutageReport, onClose, serveProbe } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { transportOf } from './io/open-transport.ts';
import { readModbusConnection, whereIs } from './modbus-connection/config.ts';
import { createLink, type Link } from './modbus-connection/link.ts';
import { parseProbeQuestion, parseProbeResult } from './probing/question.ts';

/** What readers and writers find at its connection node; `modbus` is absent while that is not configured. */
export interface ModbusConnectionNode extends Node {
  modbus?: { link: Link; users: ConnectionUsers; unitId: number; allowWrites: boolean };
}

/** Requests that may wait for the device; a reader has at most 32 of them. */
const maxQueued = 1_000;
/** For the connection, and for what of a list of addresses is not there. */
const probeDeadlineMs = 20_000;

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
    const where = whereIs(config.far);
    const link = createLink({
      open: transportOf(config),
      clock: systemClock,
      random: Math.random,
      backOff: config.backOff,
      timeoutMs: config.timeoutMs,
      maxInFlight: config.maxInFlight,
      maxQueued,
      lingerMs: config.lingerMs,
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
    this.modbus = { link, users, unitId: config.unitId, allowWrites: config.allowWrites };
    onClose(this, () => link.stop());
  }
  RED.nodes.registerType('modbus-connection', construct);
  serveProbe(RED, {
    path: '/modbus-connection/probe',
    // Beside this node's own built file.
    script: path.join(__dirname, 'probe.js'),
    deadlineMs: probeDeadlineMs,
    parseQuestion: parseProbeQuestion,
    parseResult: parseProbeResult,
  });
}
