export { type ConfigReader, configReader } from './config-reader.ts';
export { type ConnectionUsers, connectionUsers, type UsedConfigNode } from './connection-users.ts';
export { type DrainPhase, type DrainRequest, onDrain } from './drain.ts';
export { onClose, onInput, type SendMessage } from './listeners.ts';
export { serviceOfTheHouse } from './service.ts';
export { createStatus, type NodeStatus, type StatusWriter } from './status.ts';
export { renderSource, type SourceView, type Translate } from './source-status.ts';
export { createTraffic, type Traffic } from './traffic.ts';
export { readRows } from './table-rows.ts';
