import { existsSync, readFileSync } from 'node:fs';

/**
 * Prints `N passed, N failed` from vitest's JSON reports. A file that could not be loaded counts as one failure, and so does
 * a run that failed without a failing test (types, style, dead code, an unhandled error) and a report that was never written.
 */
const [status, ...paths] = process.argv.slice(2);
const reports = paths.map((path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { testResults: [], numFailedTests: 1 }));
const unloaded = ({ testResults }) => testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
const sum = (count) => reports.reduce((total, report) => total + count(report), 0);
const passed = sum(({ numPassedTests = 0 }) => numPassedTests);
const failed = sum((report) => (report.numFailedTests ?? 0) + unloaded(report));
console.log(`${passed} passed, ${failed === 0 && status !== '0' ? 1 : failed} failed`);
