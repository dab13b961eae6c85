import { runKeeper } from './run.ts';

// Whoever read our output may be gone (`| head`): no reason to take the house down.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
process.exit(await runKeeper());
