import type { ServerOptions } from '../server-options.js';
import { flagDefaults } from './flag-defaults.js';

const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/** The webui's command line flags as this server was started; logins are not told. */
export function flags({ address, port, corsOrigins, allowStop }: ServerOptions): Readonly<Record<string, unknown>> {
  return {
    ...flagDefaults,
    listen: !loopback.has(address),
    server_name: address,
    port: String(port),
    cors_allow_origins: corsOrigins.length > 0 ? corsOrigins.join(',') : null,
    api_server_stop: allowStop,
  };
}
