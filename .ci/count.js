import { readFileSync } from 'node:fs';

/**
 * Prints `N passed, N failed` from vitest's JSON report. A file that could not be loaded counts as one failure, and so does
 * a run that failed without a failing test (types, style, dead code, an unhandled error).
 */
const [path, status] = process.argv.slice(2);
const text = readFileSync(path, 'utf8');
const { numPassedTests = 0, numFailedTests = 0, testResults = [] } = text === '' ? {} : JSON.parse(text);
const unloaded = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
const failed = numFailedTests + unloaded;
console.log(`${numPassedTests} passed, ${failed === 0 && status !== '0' ? 1 : failed} failed`);
