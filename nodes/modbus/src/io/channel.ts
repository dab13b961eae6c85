/** An open line for bytes. */
export interface Channel {
  write(bytes: Buffer): void;
  /** Ends it without an event. Idempotent. */
  destroy(): void;
}

export interface ChannelEvents {
  onOpen(): void;
  onData(bytes: Buffer): void;
  /** It could not be opened or has ended; nothing comes after that. */
  onEnd(reason: Error): void;
}

export type OpenChannel = (events: ChannelEvents) => Channel;
