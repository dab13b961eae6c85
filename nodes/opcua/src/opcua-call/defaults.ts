/** Shared with the editor. */
export const callDefaults = {
  name: '',
  connection: '',
  objectId: '',
  methodId: '',
  arguments: '',
  /** What the server said of the arguments when the method was chosen; empty for one that was typed. */
  takes: '',
  version: 1,
} as const;
