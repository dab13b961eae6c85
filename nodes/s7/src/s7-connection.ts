import path from 'node:path';
import { BulkheadError, systemClock } from '@bulkhead/core';
import { type ConnectionUsers, connectionUsers, createOutageReport, onClose, serveProbe } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { s7Transport } from './io/s7-tcp.ts';
import { parseProbeQuestion, parseProbeResult } from './probing/question.ts';
import { readS7Connection } from './s7-connection/config.ts';
import { createLink, type Link } from './s7-connection/link.ts';
import type { Symbols } from './s7-connection/symbols.ts';

/** What readers and writers find at their connection node; `s7` is absent while that is not configured. */
export interface S7ConnectionNode extends Node {
  s7?: { link: Link; users: ConnectionUsers; symbols: Symbols; allowWrites: boolean };
}

/** Requests that may wait for the PLC; a reader of 50,000 scattered tags asks for 2,700 at once. */
const maxQueued = 5_000;

/** For the connection, the list of blocks and their lengths, one after the other. */
const probeDeadlineMs = 20_000;

export function register(RED: NodeAPI): void {
  function construct(this: S7ConnectionNode, definition: NodeDef): void {
    RED.nodes.createNode(this, definition);
    const read = readS7Connection(definition);
    if (!read.ok) {
      const message = RED._('s7-connection.error.config', { problem: read.problem });
      this.error(new BulkheadError('invalid-config', message), {});
      return;
    }
    const { config } = read;
    const where = `${config.address.host}:${config.address.port}`;
    const link = createLink({
      open: s7Transport(config.address),
      clock: systemClock,
      random: Math.random,
      backOff: config.backOff,
      timeoutMs: config.address.timeoutMs,
      maxQueued,
    });
    link.watch(
      createOutageReport({
        lost: (cause) => {
          const message = RED._('s7-connection.error.lost', { where, reason: cause.message });
          this.error(new BulkheadError('connection-lost', message, { retryable: true, cause }), {});
        },
        restored: () => this.log(RED._('s7-connection.log.restored', { where })),
      }),
    );
    const users = connectionUsers(this, { connect: link.start, disconnect: link.stop });
    this.s7 = { link, users, symbols: config.symbols, allowWrites: config.allowWrites };
    onClose(this, () => link.stop());
  }
  RED.nodes.registerType('s7-connection', construct);
  serveProbe(RED, {
    path: '/s7-connection/probe',
    // Beside this node's own built file.
    script: path.join(__dirname, 'probe.js'),
    deadlineMs: probeDeadlineMs,
    parseQuestion: parseProbeQuestion,
    parseResult: parseProbeResult,
  });
}
