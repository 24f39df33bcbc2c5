import { defineConfig } from '@armature/compose';
import { tinyModelFolder } from '@armature/tiny-model';

export default defineConfig({
  extensions: ['@armature-examples/hello-hook', '@armature-examples/custom-sampler'],
  options: { 'examples.late-sharpen': { amount: 0.6 } },
  // `models/` where the product is started, then what comes with it.
  models: ['./models', tinyModelFolder],
});
