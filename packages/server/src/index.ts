export { createServer, type Server, type ServerInput } from './create-server.js';
export { type AskWebOptions, askWeb } from './guard/ask-web.js';
export { isPublicAddress } from './guard/is-public-address.js';
export { type ServerOptions, type ServerOptionsInput, serverOptionsSchema } from './server-options.js';
