import { systemClock } from '@bulkhead/core';
import { createOpcuaLink, type OpcuaLink } from '../io/opcua-link.ts';
import type { OpcuaConnectionConfig } from '../opcua-connection/config.ts';
import { type CertificateInfo, readCertificate } from '../pki/certificate.ts';
import type { Pki } from '../pki/pki.ts';
import { failureOf } from './failure-of.ts';
import type { Failure } from './result.ts';

export interface ProbeLink {
  link: OpcuaLink;
  /** Resolves when there is a session, or to why none of the endpoints gives one. */
  connect(): Promise<Failure | undefined>;
}

const isOfItsCertificate = ({ code }: Failure): boolean => code === 'untrusted-server' || code === 'expired-server';

/** A link that remembers what a person has to decide on. */
export function probeLink(config: OpcuaConnectionConfig, pki: Pki): ProbeLink {
  /** The certificate of the server that was refused last. */
  let refused: CertificateInfo | undefined;
  const watched: Pki = {
    own: pki.own,
    servers: {
      ...pki.servers,
      refuse(der) {
        refused = readCertificate(der)?.info;
        pki.servers.refuse(der);
      },
    },
  };
  const link = createOpcuaLink({ config, pki: watched, clock: systemClock, random: Math.random });
  return {
    link,
    connect() {
      return new Promise((resolve) => {
        let failures = 0;
        link.start();
        link.watch((state) => {
          if (state.kind === 'connected') resolve(undefined);
          if (state.kind !== 'waiting') return;
          failures += 1;
          if (failures < config.endpoints.length) return;
          const failure = failureOf(state.reason);
          resolve(
            refused !== undefined && isOfItsCertificate(failure) ? { ...failure, certificate: refused } : failure,
          );
        });
      });
    },
  };
}
