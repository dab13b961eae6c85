/** Where a process of the house listens: a unix socket (a named pipe on Windows), or TCP, with TLS or without. */
export type Address =
  | { readonly path: string }
  | { readonly host: string; readonly port: number; readonly tls?: MutualTls };

/**
 * Both sides prove themselves: each shows a certificate of its own and accepts that of the other and no more. There is
 * no authority and there are no names to check: the certificate itself is what is trusted. All three are PEM.
 */
export interface MutualTls {
  readonly certificate: string;
  readonly key: string;
  /** The one certificate that the other side may show. */
  readonly peer: string;
  /** What the side that dials wants of the one that listens; a listener takes all. */
  readonly wants?: string;
}
