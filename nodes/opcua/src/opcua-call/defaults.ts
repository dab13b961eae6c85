/** Shared with the editor. */
export const callDefaults = {
  name: '',
  connection: '',
  objectId: '',
  methodId: '',
  arguments: '',
  version: 1,
} as const;
