/** Where a process of the house listens: a unix socket (a named pipe on Windows), or TCP. */
export type Address = { readonly path: string } | { readonly host: string; readonly port: number };
