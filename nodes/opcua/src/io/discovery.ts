import type { BackOffPolicy } from '@bulkhead/core';
import { type EndpointDescription, MessageSecurityMode, UserTokenType } from 'node-opcua-client';
import type { OpcuaConnectionConfig } from '../opcua-connection/config.ts';
import { readCertificate } from '../pki/certificate.ts';
import type { Pki } from '../pki/pki.ts';
import type { OfferedEndpoint } from '../probing/result.ts';
import { connectFailure } from './connect-failure.ts';
import { closeClient, createClient } from './opcua-client.ts';

export interface Discovered {
  endpoints: OfferedEndpoint[];
  servers: { name: string; urls: string[] }[];
}

const backOff: BackOffPolicy = { firstMs: 100, factor: 1, maxMs: 200, jitter: 0 };

const logins: Partial<Record<UserTokenType, string>> = {
  [UserTokenType.Anonymous]: 'anonymous',
  [UserTokenType.UserName]: 'user',
  [UserTokenType.Certificate]: 'certificate',
};

function offered(endpoint: EndpointDescription): OfferedEndpoint {
  const certificate = readCertificate(endpoint.serverCertificate ?? Buffer.alloc(0))?.info;
  const kinds = (endpoint.userIdentityTokens ?? []).map(({ tokenType }) => logins[tokenType] ?? '');
  return {
    url: endpoint.endpointUrl ?? '',
    mode: MessageSecurityMode[endpoint.securityMode] ?? '',
    policy: (endpoint.securityPolicyUri ?? '').replace(/^.*#/, ''),
    logins: [...new Set(kinds)].filter(Boolean),
    ...(certificate === undefined ? {} : { certificate }),
  };
}

/** What the server, or the discovery server, at the endpoint offers; asked without security, as the standard has it. */
export async function discover(config: OpcuaConnectionConfig, pki: Pki): Promise<Discovered> {
  const open = { ...config, security: { mode: 'None', policy: 'None' } as const };
  const { client } = await createClient(open, { pki, backOff, random: () => 0 });
  try {
    await client.connect(config.endpoints[0] ?? '');
    const endpoints = await client.getEndpoints();
    const servers = await client.findServers();
    return {
      endpoints: endpoints.filter(({ endpointUrl }) => endpointUrl?.startsWith('opc.tcp:')).map(offered),
      servers: servers.map(({ applicationName, discoveryUrls }) => ({
        name: applicationName.text ?? '',
        urls: (discoveryUrls ?? []).map((url) => url ?? '').filter(Boolean),
      })),
    };
  } catch (cause) {
    throw connectFailure(cause, open);
  } finally {
    await closeClient(client, undefined, config.timeoutMs);
  }
}
