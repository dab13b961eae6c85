/** `npm start`: installs if needed, builds if stale, and runs Bulkhead. Needs nothing but Node 20 and npm. */
// No static import and no newer syntax here: an old Node has to get as far as the message.
if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(
    'Bulkhead needs Node.js 20 or later, this is ' + process.version + ': see https://nodejs.org/en/download',
  );
  process.exit(1);
}
import('./bootstrap/start.mjs');
