const words =
  'CATALOGUE, defineExtension, type EmitFn, field, isTensor, type JobScope, PIPELINE, Raster, type SchedulerRequest, SESSIONS, Stage, Tensor, TEXT_ENCODER, VAE, WEIGHTS';
const used = 'CATALOGUE, field, isTensor, PIPELINE, Raster, SESSIONS, Stage, Tensor, TEXT_ENCODER, VAE, WEIGHTS';

/** A few lines of a page as the extension they stand in: they see what `setup` is given, and the words of the SDK. */
export function inSetup(lines: string): string {
  const imports = `import { ${words} } from '@armature/sdk';\nexport { ${used} };\nexport type { EmitFn, JobScope, SchedulerRequest };\n`;
  if (lines.includes('export default')) return imports + lines;
  return `${imports}export default defineExtension({ setup({ hooks, contribute, use, onDispose, log }) {\n${lines}} });\n`;
}
