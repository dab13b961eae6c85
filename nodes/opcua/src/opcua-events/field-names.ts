/*
 * How fields of events are written in the dialog: separated by commas, semicolons or blanks, the names below one another
 * by slashes. A character that separates, or `&` itself, has `&` before it: `filler:Batch& Number`.
 */

/** The fields of a text, still with their `&`. */
export function splitFields(text: string): string[] {
  return text.match(/(?:&.|[^\s,;&])+/gs) ?? [];
}

/** The names of one field, still with their `&`; an empty one where two slashes stand together. */
export function splitSteps(field: string): string[] {
  const steps = [''];
  for (const part of field.match(/&.|[^&]/gs) ?? []) {
    if (part === '/') steps.push('');
    else steps.push(`${steps.pop() ?? ''}${part}`);
  }
  return steps;
}

/** A name in a field; what separates is escaped. */
export function escapeStep(name: string): string {
  return name.replace(/[&/:\s,;]/g, '&$&');
}
