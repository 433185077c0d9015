/*
 * Ends a test run with one plain line, `N passed, N failed, N skipped`, for whoever reads the log by machine.
 * A test file that does not load, a hook that fails and an unhandled error each count as one failure: a run that
 * is red never says "0 failed". The skipped tests are named before it, since a test that did not run proves nothing.
 */
import { writeSync } from 'node:fs';

export default class ClosingLineReporter {
  #lines = '';
  #watching = false;

  onInit(vitest) {
    this.#watching = vitest.config.watch;
    // At exit, so that nothing that another reporter prints can follow.
    if (!this.#watching) process.once('exit', () => this.#print());
  }

  onTestRunEnd(testModules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const skipped = [];
    for (const testModule of testModules) {
      count.failed += testModule.errors().length;
      for (const suite of testModule.children.allSuites()) count.failed += suite.errors().length;
      for (const test of testModule.children.allTests()) {
        const { state } = test.result();
        // Still pending at the end of the run: it was cut short, so it has not passed.
        count[state === 'pending' ? 'failed' : state] += 1;
        if (state === 'skipped') skipped.push(`skipped: ${test.fullName}\n`);
      }
    }
    this.#lines = `${skipped.join('')}${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`;
    if (this.#watching) this.#print();
  }

  #print() {
    writeSync(1, this.#lines);
  }
}
