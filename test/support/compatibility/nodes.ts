/** Core nodes as a flow file has them, for the flows of the compatibility suite. */
import type { FlowEntry } from '../bulkhead-http.ts';

/** One entry per output port: the node that it leads to, or several. */
export type Ports = readonly (string | readonly string[])[];
type More = Readonly<Record<string, unknown>>;

export const node = (type: string, id: string, z: string, ports: Ports = [], more: More = {}): FlowEntry => ({
  id,
  type,
  z,
  name: id,
  // Without a place on the canvas Node-RED takes a node for a config node.
  x: 100,
  y: 100,
  wires: ports.map((to) => (typeof to === 'string' ? [to] : to)),
  ...more,
});

export const config = (type: string, id: string, more: More = {}): FlowEntry => ({ id, type, ...more });

export const tab = (id: string, more: More = {}): FlowEntry => ({
  id,
  type: 'tab',
  label: id,
  disabled: false,
  ...more,
});

export const func = (id: string, z: string, code: string, ports: Ports = [], more: More = {}): FlowEntry =>
  node('function', id, z, ports, {
    func: code,
    outputs: ports.length,
    timeout: 0,
    noerr: 0,
    initialize: '',
    finalize: '',
    libs: [],
    ...more,
  });

/** Sends the text `hello`, unless told otherwise. */
export const inject = (id: string, z: string, ports: Ports, more: More = {}): FlowEntry =>
  node('inject', id, z, ports, {
    props: [{ p: 'payload' }],
    payload: 'hello',
    payloadType: 'str',
    repeat: '',
    crontab: '',
    once: false,
    onceDelay: 0.1,
    topic: '',
    ...more,
  });

/** Shows the whole message. */
export const debug = (id: string, z: string, more: More = {}): FlowEntry =>
  node('debug', id, z, [], {
    active: true,
    tosidebar: true,
    console: false,
    tostatus: false,
    complete: 'true',
    targetType: 'full',
    statusVal: '',
    statusType: 'auto',
    ...more,
  });

export const linkIn = (id: string, z: string, ports: Ports, links: readonly string[] = []): FlowEntry =>
  node('link in', id, z, ports, { links });

export const linkOut = (id: string, z: string, links: readonly string[]): FlowEntry =>
  node('link out', id, z, [], { mode: 'link', links });

export const linkReturn = (id: string, z: string): FlowEntry =>
  node('link out', id, z, [], { mode: 'return', links: [] });

export const linkCall = (id: string, z: string, target: string | null, ports: Ports, timeout = 5): FlowEntry =>
  node('link call', id, z, ports, {
    links: target === null ? [] : [target],
    linkType: target === null ? 'dynamic' : 'static',
    timeout: String(timeout),
  });

export const httpIn = (id: string, z: string, method: string, url: string, ports: Ports, more: More = {}): FlowEntry =>
  node('http in', id, z, ports, { url, method, upload: false, swaggerDoc: '', ...more });

export const httpResponse = (id: string, z: string, more: More = {}): FlowEntry =>
  node('http response', id, z, [], { statusCode: '', headers: {}, ...more });

export const catchNode = (
  id: string,
  z: string,
  ports: Ports,
  scope: readonly string[] | 'group' | null = null,
): FlowEntry => node('catch', id, z, ports, { scope, uncaught: false });
