import type { Reply, Request } from '../protocol/request.ts';
import type { Link } from './link.ts';
import type { Asked, Outcome } from './request-queue.ts';

/** One request as a promise, which never rejects. */
export function ask(
  link: Pick<Link, 'request'>,
  unit: number,
  request: Request,
  how: Asked & { onLate?: (reply: Reply) => void } = {},
): Promise<Outcome> {
  return new Promise((settled) => {
    link.request(unit, request, { settled, late: (reply) => how.onLate?.(reply) }, how);
  });
}
