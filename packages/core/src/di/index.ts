export { Scope } from './scope.js';
