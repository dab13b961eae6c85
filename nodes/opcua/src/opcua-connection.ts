import { BulkheadError, systemClock } from '@bulkhead/core';
import { type ConnectionUsers, connectionUsers, createOutageReport, onClose } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { serveCertificates } from './certificate-routes.ts';
import { createOpcuaLink, type OpcuaLink } from './io/opcua-link.ts';
import { readOpcuaConnection } from './opcua-connection/config.ts';
import { pkiFolderIn, pkiIn } from './pki/pki.ts';
import { serveProbes } from './probe-routes.ts';

/** What a reader finds at its connection node; `opcua` is absent while that is not configured. */
export interface OpcuaConnectionNode extends Node {
  opcua?: {
    link: OpcuaLink;
    users: ConnectionUsers;
    allowWrites: boolean;
    /** Host and port of the endpoint that is used, where there is a choice. */
    where(): string | undefined;
  };
}

export function register(RED: NodeAPI): void {
  // In Bulkhead the user directory of the house, for the editor and for every tab.
  const pkiFolder = pkiFolderIn(RED.settings.userDir ?? process.cwd());
  const pki = pkiIn(pkiFolder);

  function construct(this: OpcuaConnectionNode, definition: NodeDef): void {
    RED.nodes.createNode(this, definition);
    const read = readOpcuaConnection(definition, this.credentials);
    if (!read.ok) {
      const message = RED._('opcua-connection.error.config', { problem: read.problem });
      this.error(new BulkheadError('invalid-config', message), {});
      return;
    }
    const link = createOpcuaLink({ config: read.config, pki, clock: systemClock, random: Math.random });
    link.watch(
      createOutageReport({
        lost: (cause) => {
          const message = RED._('opcua-connection.error.lost', { where: link.endpoint, reason: cause.message });
          this.error(new BulkheadError('connection-lost', message, { retryable: true, cause }), {});
        },
        restored: () => this.log(RED._('opcua-connection.log.restored', { where: link.endpoint })),
      }),
    );
    const users = connectionUsers(this, { connect: link.start, disconnect: link.stop });
    const { allowWrites, endpoints } = read.config;
    const where = (): string | undefined =>
      endpoints.length > 1 ? link.endpoint.replace(/^opc\.tcp:\/\//, '').replace(/\/.*$/, '') : undefined;
    this.opcua = { link, users, allowWrites, where };
    onClose(this, () => link.stop());
  }

  RED.nodes.registerType('opcua-connection', construct, {
    credentials: {
      user: { type: 'text' },
      password: { type: 'password' },
      userCertificate: { type: 'password' },
      userKey: { type: 'password' },
      userKeyPassphrase: { type: 'password' },
    },
  });
  const dialogs = serveProbes(RED, pkiFolder);
  serveCertificates(RED, { pki, pkiFolder, dialogs });
}
