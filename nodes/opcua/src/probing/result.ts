import { isRecord } from '@bulkhead/core';
import type { CertificateInfo } from '../pki/certificate.ts';

export type BrowsedClass = 'object' | 'variable' | 'method' | 'view';

/** A node as the browse dialog shows it. */
export interface BrowsedNode {
  /** With the URI or alias of its namespace, so that it holds when indices change. */
  address: string;
  /** Of the node that it stands below: the object of a method. */
  parent: string;
  name: string;
  /** Names from the Objects folder to this node, which is the last. */
  path: string[];
  nodeClass: BrowsedClass;
  hasChildren: boolean;
  /** Of a method its arguments, as `Level: Double, Steps: UInt32[]`. */
  dataType: string;
  /** The present value as text, or what is wrong with it. */
  value: string;
  isGood: boolean;
  access: '' | 'read' | 'write' | 'read-write';
  /** It sends events that can be subscribed to. */
  hasEvents: boolean;
}

export interface OfferedEndpoint {
  url: string;
  mode: string;
  policy: string;
  logins: string[];
  certificate?: CertificateInfo;
}

/** Why something could not be had of a server. */
export interface Failure {
  /** Of the error; empty for one without. */
  code: string;
  /** In words for a person, in English. */
  reason: string;
  /** Of the server, when it is why. */
  certificate?: CertificateInfo;
}

export interface TestedEndpoint {
  endpoint: string;
  /** Why there is no session; absent when there was one. */
  failure?: Failure;
  product: string;
  ms: number;
}

/** A type of events, to choose from. */
export interface EventTypeOffer {
  address: string;
  name: string;
  /** Address of the type that it is derived from; empty for BaseEventType. */
  parent: string;
}

/** A field that events of a type bring. */
export interface EventFieldOffer {
  /** As it is written in the dialog: `filler:BatchNumber`. */
  name: string;
  /** Name of the type that has it. */
  from: string;
  dataType: string;
}

export type ProbeResult =
  | { kind: 'tested'; endpoints: TestedEndpoint[]; namespaces: string[] }
  | { kind: 'discovered'; endpoints: OfferedEndpoint[]; servers: { name: string; urls: string[] }[] }
  /** `more`: 0 when there are no more; `examined`: nodes that a search has looked at until now. */
  | { kind: 'nodes'; nodes: BrowsedNode[]; more: number; examined: number }
  | { kind: 'details'; details: { unit: string; range: string }[] }
  | { kind: 'event-types'; types: EventTypeOffer[] }
  | { kind: 'event-fields'; fields: EventFieldOffer[] }
  | { kind: 'renewed' }
  | ({ kind: 'failed' } & Failure);

const whole = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
const word = (value: unknown): string => (typeof value === 'string' ? value : '');
const words = (value: unknown): string[] => (Array.isArray(value) ? value.map(word) : []);
const records = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isRecord) : []);

export function parseCertificate(value: unknown): CertificateInfo | undefined {
  if (!isRecord(value)) return undefined;
  return {
    thumbprint: word(value['thumbprint']),
    fingerprint256: word(value['fingerprint256']),
    subject: word(value['subject']),
    uri: word(value['uri']),
    validFrom: whole(value['validFrom']),
    validUntil: whole(value['validUntil']),
  };
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  const some: { [Key in Name]?: Value } = {};
  if (value !== undefined) some[name] = value;
  return some;
}

function parseFailure(value: Record<string, unknown>): Failure {
  const { code, reason, certificate } = value;
  return { code: word(code), reason: word(reason), ...optional('certificate', parseCertificate(certificate)) };
}

const classes: readonly BrowsedClass[] = ['object', 'variable', 'method', 'view'];
const accesses: readonly BrowsedNode['access'][] = ['', 'read', 'write', 'read-write'];

function parseNode(value: Record<string, unknown>): BrowsedNode {
  return {
    address: word(value['address']),
    parent: word(value['parent']),
    name: word(value['name']),
    path: words(value['path']),
    nodeClass: classes.find((known) => known === value['nodeClass']) ?? 'object',
    hasChildren: value['hasChildren'] === true,
    dataType: word(value['dataType']),
    value: word(value['value']),
    isGood: value['isGood'] === true,
    access: accesses.find((known) => known === value['access']) ?? '',
    hasEvents: value['hasEvents'] === true,
  };
}

/** Reads what the probe, or the server in front of it, answered. */
export function parseProbeResult(result: unknown): ProbeResult | undefined {
  if (!isRecord(result)) return undefined;
  switch (result['kind']) {
    case 'tested':
      return {
        kind: 'tested',
        namespaces: words(result['namespaces']),
        endpoints: records(result['endpoints']).map((tested) => ({
          endpoint: word(tested['endpoint']),
          ...optional('failure', isRecord(tested['failure']) ? parseFailure(tested['failure']) : undefined),
          product: word(tested['product']),
          ms: whole(tested['ms']),
        })),
      };
    case 'discovered':
      return {
        kind: 'discovered',
        endpoints: records(result['endpoints']).map((offered) => ({
          url: word(offered['url']),
          mode: word(offered['mode']),
          policy: word(offered['policy']),
          logins: words(offered['logins']),
          ...optional('certificate', parseCertificate(offered['certificate'])),
        })),
        servers: records(result['servers']).map(({ name, urls }) => ({ name: word(name), urls: words(urls) })),
      };
    case 'nodes':
      return {
        kind: 'nodes',
        nodes: records(result['nodes']).map(parseNode),
        more: whole(result['more']),
        examined: whole(result['examined']),
      };
    case 'details':
      return {
        kind: 'details',
        details: records(result['details']).map(({ unit, range }) => ({ unit: word(unit), range: word(range) })),
      };
    case 'event-types':
      return {
        kind: 'event-types',
        types: records(result['types']).map(({ address, name, parent }) => ({
          address: word(address),
          name: word(name),
          parent: word(parent),
        })),
      };
    case 'event-fields':
      return {
        kind: 'event-fields',
        fields: records(result['fields']).map(({ name, from, dataType }) => ({
          name: word(name),
          from: word(from),
          dataType: word(dataType),
        })),
      };
    case 'renewed':
      return { kind: 'renewed' };
    case 'failed':
      return { kind: 'failed', ...parseFailure(result) };
    default:
      return undefined;
  }
}
