/**
 * `npm test`: installs if needed, builds, and runs every layer of tests; the last line is `N passed, N failed`.
 *
 *   npm test                        all layers
 *   npm test unit                   one layer (the unit layer needs no build)
 *   npm test -- nodes --grep opcua  flags go to mocha
 */
// No static import and no newer syntax here: an old Node has to get as far as the message.
if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(
    'Bulkhead needs Node.js 20 or later, this is ' + process.version + ': see https://nodejs.org/en/download',
  );
  process.exit(1);
}
import('./test/main.mjs');
