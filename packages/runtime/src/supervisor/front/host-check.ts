/**
 * Which names a browser may use for the editor, its admin API and the paths of the house.
 *
 * A web page elsewhere can make a browser talk to 127.0.0.1 under a name of its own (DNS rebinding) or send requests
 * across origins. So the `Host` header must be a name we answer to, and an `Origin`, where there is one, must be us.
 * Routes of flows are not asked (decision 78).
 */
export interface HostRule {
  /** Extra host names, as configured in `hosts`. */
  readonly hosts: readonly string[];
  /** The address the front is bound to. */
  readonly boundTo: string;
}

export type HostVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly status: 400 | 403 | 421; readonly message: string };

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

export function checkHost(rule: HostRule, host: string | undefined, origin: string | undefined): HostVerdict {
  if (host === undefined || host === '') return { ok: false, status: 400, message: 'the request names no host' };
  const name = hostNameOf(`http://${host}`);
  if (name === undefined || !answersTo(rule, name)) {
    return {
      ok: false,
      status: 421,
      message: `this server does not answer to "${clip(host)}"; add the name to "hosts" in bulkhead.yaml`,
    };
  }
  if (origin === undefined) return { ok: true };
  // A page of another origin, or an opaque one ("null"), has no business here.
  if (originHost(origin) !== host.toLowerCase()) {
    return {
      ok: false,
      status: 403,
      message: `requests from "${clip(origin)}" are refused: it is not this server's own page`,
    };
  }
  return { ok: true };
}

function answersTo(rule: HostRule, name: string): boolean {
  if (loopbackNames.has(name)) return true;
  if (rule.hosts.some((host) => host.toLowerCase() === name)) return true;
  return rule.boundTo === name || `[${rule.boundTo}]` === name;
}

function hostNameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.toLowerCase() : undefined;
}

/** Host and port of an origin as a `Host` header would carry them. */
function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host.toLowerCase() : undefined;
}

function clip(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 80);
}
