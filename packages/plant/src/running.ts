export interface Ready {
  opcuaUrl: string;
  modbus: Record<string, { host: string; port: number }>;
}

/** A plant that serves, be it the line or a replay. */
export interface Running {
  readonly ready: Ready;
  /** Freezes all values; the servers go on answering. Doing it again does nothing. */
  hold(): void;
  /** Closes all servers. */
  stop(): Promise<void>;
}
