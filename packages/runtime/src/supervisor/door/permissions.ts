import type { Permissions } from '../../protocol/boot.ts';

/** As Node-RED reads permissions: `*`, `read` and `write` for all of a kind, or one by its name. Pure. */
export function permits(granted: Permissions, wanted: string): boolean {
  if (wanted === '') return true;
  if (typeof granted !== 'string') return granted.some((one) => permits(one, wanted));
  if (granted === '*' || granted === wanted) return true;
  if (granted === 'read' || granted === '*.read') return isKind(wanted, 'read');
  if (granted === 'write' || granted === '*.write') return isKind(wanted, 'write');
  return false;
}

function isKind(wanted: string, kind: string): boolean {
  return wanted === kind || (wanted.endsWith(`.${kind}`) && wanted.length > kind.length + 1);
}
