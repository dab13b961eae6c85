const GUID = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
const NODE_ID = new RegExp(`^(ns=\\d{1,5};)?(i=\\d{1,10}|s=.+|g=${GUID}|b=[A-Za-z0-9+/]+={0,2})$`);

/** The text form of a node id (OPC 10000-6, clause 5.3.1.10): `ns=2;s=Line1.Speed`, `i=2258`. */
export function isNodeId(text: string): boolean {
  return NODE_ID.test(text);
}
