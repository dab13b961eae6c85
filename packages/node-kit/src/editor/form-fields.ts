/** Fields of the dialog of a config node, as a probe asks for them. */
export function fieldsOfForm(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, valueOf($(`#node-config-input-${name}`))]));
}

/** The same fields of a node that the editor knows. */
export function fieldsOfNode(node: object, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, String(Reflect.get(node, name) ?? '')]));
}

function valueOf(field: JQuery): string {
  return field.is(':checkbox') ? String(field.prop('checked') === true) : String(field.val() ?? '');
}
