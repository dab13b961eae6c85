import { AttributeIds, coerceNodeId } from 'node-opcua-client';
import type { LiveSession } from './live-session.ts';

const PRODUCT_NAME = 'i=2261';
const SOFTWARE_VERSION = 'i=2264';

/** Product and version of the server; empty when it does not say. */
export async function serverProduct({ session }: LiveSession): Promise<string> {
  const asked = [PRODUCT_NAME, SOFTWARE_VERSION].map((nodeId) => ({
    nodeId: coerceNodeId(nodeId),
    attributeId: AttributeIds.Value,
  }));
  const reads = await session.read(asked, 0);
  const texts = reads.map((read): unknown => (read.statusCode.isGood() ? read.value?.value : undefined));
  return texts.filter((text) => typeof text === 'string' && text !== '').join(' ');
}
