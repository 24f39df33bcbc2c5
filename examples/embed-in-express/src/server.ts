import { once } from 'node:events';
import { createHost } from '@armature/core';
import { createApp } from './create-app.js';

const { MODELS = 'models', DATA = 'data', PORT = '3000' } = process.env;
const host = await createHost({ models: [MODELS], data: DATA });
const server = createApp(host).listen(Number(PORT));
await once(server, 'listening');
console.log(`listening on ${JSON.stringify(server.address())}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    server.close();
    // Running jobs end after their step; then nothing keeps this process alive.
    await host.dispose();
    server.closeAllConnections();
  });
}
