export { createServer, type Server, type ServerInput } from './create-server.js';
export { type ServerOptions, type ServerOptionsInput, serverOptionsSchema } from './server-options.js';
