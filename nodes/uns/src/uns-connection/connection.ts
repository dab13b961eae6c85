import type { BrokerLink } from '../broker-link.ts';
import type { createOutageReport } from './outage-report.ts';

/** A session in use; to be released exactly once. */
export interface Lease {
  readonly link: BrokerLink;
  release(): Promise<void>;
}

/**
 * The sessions of one `uns-connection`: one that all publishers share, and one for each subscriber.
 *
 * A subscriber has its own because overlapping filters in one MQTT 3.1.1 session are delivered once or several times,
 * as the broker likes (3.3.5), and because a flood that comes in must not delay the acknowledgements of what goes out.
 */
export interface UnsConnection {
  publisher(): Lease;
  subscriber(nodeId: string): Lease;
}

/** What a session is for. */
export type Role = { readonly kind: 'publisher' } | { readonly kind: 'subscriber'; readonly nodeId: string };

export function createConnection(
  createLink: (role: Role) => BrokerLink,
  outages: ReturnType<typeof createOutageReport>,
): UnsConnection {
  let shared: BrokerLink | undefined;
  let publishers = 0;

  const open = (role: Role): BrokerLink => {
    const link = createLink(role);
    link.onState(outages.watch());
    link.open();
    return link;
  };
  const once = (release: () => Promise<void>): (() => Promise<void>) => {
    let released: Promise<void> | undefined;
    return () => {
      released ??= release();
      return released;
    };
  };

  return {
    publisher() {
      const link = shared ?? open({ kind: 'publisher' });
      shared = link;
      publishers += 1;
      return {
        link,
        release: once(async () => {
          publishers -= 1;
          if (publishers > 0) return;
          shared = undefined;
          await link.close();
        }),
      };
    },
    subscriber(nodeId) {
      const link = open({ kind: 'subscriber', nodeId });
      return { link, release: once(() => link.close()) };
    },
  };
}
