/** Paths at which the house itself answers, whatever flows serve. */
const paths = new Set(['/healthz', '/readyz', '/metrics', '/bulkhead']);

export const isHousePath = (path: string): boolean => paths.has(path) || path.startsWith('/bulkhead/');
