const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

/** mocha's own `spec` output, and the counts in the file that the environment names. */
module.exports = class CountingSpec extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      writeFileSync(process.env.BULKHEAD_TEST_RESULT, JSON.stringify({ passed: passes, failed: failures, pending }));
      // Unreferenced: it fires only if something else keeps the process alive, and then says what.
      setTimeout(() => {
        console.error(`still open after the last test: ${process.getActiveResourcesInfo().join(', ')}`);
      }, 5_000).unref();
    });
  }
};
