export { createTestHost } from './create-test-host.js';
