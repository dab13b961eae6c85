import { errorMessage, isRecord } from '@bulkhead/core';
import type { ProbeDialogs } from '@bulkhead/node-kit';
import type { NodeAPI } from 'node-red';
import type { Certificates } from './pki/certificates.ts';
import type { Pki } from './pki/pki.ts';

const route = '/opcua-connection/certificates';

/**
 * Certificates for the dialog of the connection: the own one without its key, and what was decided on those of servers.
 * They are in one folder for the whole house, so what is decided here holds in every tab from its next attempt on.
 */
export function serveCertificates(
  RED: NodeAPI,
  { pki, pkiFolder, dialogs }: { pki: Pki; pkiFolder: string; dialogs: ProbeDialogs },
): void {
  const mayRead = RED.auth.needsPermission('flows.read');
  const mayWrite = RED.auth.needsPermission('flows.write');

  const listed = (): Certificates => {
    const lists = { trusted: pki.servers.trusted(), rejected: pki.servers.rejected() };
    try {
      const own = pki.own.read();
      return own === undefined ? lists : { ...lists, own: { ...own.info, pem: own.pem } };
    } catch (error) {
      return { ...lists, problem: errorMessage(error) };
    }
  };

  RED.httpAdmin.get(route, mayRead, (_request, response) => void response.json(listed()));

  RED.httpAdmin.post(`${route}/own`, mayWrite, (_request, response) => {
    // In a process of its own: it loads the library.
    void dialogs.ask('renew', { kind: 'renew', pkiFolder }).then((probed) => {
      dialogs.end('renew');
      const result: unknown = probed.ok ? JSON.parse(probed.output) : { reason: probed.reason };
      const reason = isRecord(result) && typeof result['reason'] === 'string' ? result['reason'] : undefined;
      response.json(reason === undefined ? listed() : { ...listed(), problem: reason });
    });
  });

  const decisions = { trust: pki.servers.trust, reject: pki.servers.reject, remove: pki.servers.remove };
  for (const [name, decide] of Object.entries(decisions)) {
    RED.httpAdmin.post(`${route}/:thumbprint/${name}`, mayWrite, (request, response) => {
      try {
        if (decide(String(request.params['thumbprint']))) response.json(listed());
        else response.sendStatus(404);
      } catch (error) {
        response.json({ ...listed(), problem: errorMessage(error) });
      }
    });
  }
}
