/** Names of the two inputs that stand beside a weight, by its key. */
export const inputNames = (key: string): { readonly down: string; readonly up: string } => ({
  down: `armature.lora/${key}:down`,
  up: `armature.lora/${key}:up`,
});
