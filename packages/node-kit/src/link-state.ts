/** Of a connection that is kept up for ever between its start and its stop; `idle` is an end on purpose. */
export type LinkState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'waiting'; readonly retryAt: number; readonly reason: Error };

export interface WatchedLink {
  readonly state: LinkState;
  /** Calls back at once with the present state, then on every change, until the returned function is called. */
  watch(onState: (state: LinkState) => void): () => void;
}
