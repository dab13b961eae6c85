/**
 * Nodes inside a subflow run under the id of the instance, a dash and their id in the template (`Subflow.js` of Node-RED),
 * so the flow file knows only the beginning of such an id. Answers with the part that `isKnown`, the longest first. Pure.
 */
export function knownPart(id: string, isKnown: (id: string) => boolean): string | undefined {
  for (let end = id.length; end > 0; end = id.lastIndexOf('-', end - 1)) {
    const part = id.slice(0, end);
    if (isKnown(part)) return part;
  }
  return undefined;
}
