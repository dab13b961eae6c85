/** What the browser and the server both know of a probe; imports nothing of Node.js. */
export { parseProbeAnswer, type ProbeAnswer, textFields } from './probe-answer.ts';
