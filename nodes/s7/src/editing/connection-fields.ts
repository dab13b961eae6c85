/** What the probe needs of the connection, as it stands in the form. */
const names = [
  'host',
  'port',
  'plc',
  'rack',
  'slot',
  'localTsap',
  'remoteTsap',
  'timeoutMs',
  'pduBytes',
  'parallel',
] as const;

export type ConnectionFields = Record<string, string>;

export function connectionFields(field: (name: string) => JQuery): ConnectionFields {
  return Object.fromEntries(names.map((name) => [name, String(field(name).val() ?? '')]));
}

export function connectionFieldsOf(node: object): ConnectionFields {
  return Object.fromEntries(names.map((name) => [name, String(Reflect.get(node, name) ?? '')]));
}
