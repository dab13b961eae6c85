/**
 * A node inside a subflow runs once per use of the subflow, under the id of the use, a dash and its own id; within nested
 * subflows there are several. Gives the id that the flow file has: of the node itself, or of the use that it is inside of.
 */
export function nodeInFlowFile(id: string, isInFlowFile: (id: string) => boolean): string | undefined {
  if (isInFlowFile(id)) return id;
  // Ids may have dashes of their own.
  for (let dash = id.indexOf('-'); dash > 0; dash = id.indexOf('-', dash + 1)) {
    const use = id.slice(0, dash);
    if (isInFlowFile(use)) return use;
  }
  return undefined;
}
