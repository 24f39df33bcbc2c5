import { defineExtension, type ExtensionDefinition } from '@armature/sdk';

/** Typed without its schemas, so that who imports it needs no zod. */
const controlnet: ExtensionDefinition = defineExtension({
  enabled: false,
  setup({ contribute }) {
    contribute.modelFolder({ name: 'controlnet', folders: ['ControlNet'], extensions: ['.safetensors', '.pth', '.pt', '.ckpt', '.bin'] });
  },
});

export default controlnet;
