export { sd1Family } from './sd1.js';
