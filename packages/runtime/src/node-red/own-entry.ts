/** The record's own entry: ids and keys come from flow files, and every object has a `constructor`. */
export const ownEntry = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
