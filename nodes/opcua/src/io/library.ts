/** All that loads node-opcua; see `opcua-link.ts` for when. */
export { closeClient, createClient, openSession } from './opcua-client.ts';
export { openLiveSession } from './live-session.ts';
export { readItems } from './read-values.ts';
export { createPublishing } from './publishing.ts';
export { openServerSubscription } from './server-subscription.ts';
export { watchServiceLevel } from './service-level.ts';
export { readTargets, writeValues } from './write-values.ts';
export { readHistory, releaseHistory } from './history.ts';
export { callMethod, describeMethod } from './methods.ts';
export { answerAlarm } from './conditions.ts';
