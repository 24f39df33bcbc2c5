export type { EmbeddingContribution, TextEmbedding, TextEncoderScope } from './contributions/embedding.js';
export * from './contributions/kinds.js';
export type {
  DetectedModel,
  FamilyNetwork,
  LatentColours,
  ModelFamilyContribution,
  PictureFacts,
  SidecarConfig,
  TextConditioning,
  TextEncoderParts,
} from './contributions/model-family.js';
export type { ModelDescription, ModelProblem, ModelReaderContribution } from './contributions/model-reader.js';
export type { PreprocessorContribution, PreprocessorScope } from './contributions/preprocessor.js';
export type {
  NoiseSchedule,
  SamplerContribution,
  SamplerOptions,
  SamplerRun,
  SamplingRange,
  UniPcOptions,
} from './contributions/sampler.js';
export type { SchedulerContribution, SchedulerOptions, SchedulerRequest } from './contributions/scheduler.js';
export {
  defineScript,
  type ScriptComposition,
  type ScriptContribution,
  type ScriptFields,
  type ScriptPicture,
  type ScriptResult,
  type ScriptRunOptions,
  type ScriptScope,
} from './contributions/script.js';
export { defineExtension, type ExtensionDefinition, type ExtensionSetup, type FieldShape, type FieldValues } from './define-extension.js';
export type { Deprecation, Deprecations } from './deprecations.js';
export type { ErrorCode, ErrorName } from './error-codes.js';
export type { Fault } from './fault.js';
export type { ArgFlag } from './fields/args-flags.js';
export type { ArgValues } from './fields/args-schema.js';
export { type Field, type FieldMeta, field } from './fields/field.js';
export { fieldJsonSchema, type JsonSchema } from './fields/json-schema.js';
export type { EmitBranch, EmitFn, GraphBuilder, InputOptions } from './graph/graph-builder.js';
export type { GraphPlan, Socket } from './graph/graph-plan.js';
export type { Dim, ElementType, GraphValue } from './graph/graph-value.js';
export type { OpAttributes, OpName } from './graph/op-attributes.js';
export type * from './hooks/api.js';
export type { HookCatalogue, Phase } from './hooks/catalogue.js';
export type * from './hooks/contexts.js';
export type * from './hooks/facade.js';
export type * from './hooks/graph.js';
export type * from './hooks/image.js';
export type * from './hooks/job.js';
export type { First, HookDeclaration, HookKind, Observe, Transform, ValueGuard, Wrap } from './hooks/kinds.js';
export type * from './hooks/model.js';
export type * from './hooks/prompt.js';
export type * from './hooks/sampling.js';
export type * from './hooks/startup.js';
export type * from './hooks/ui.js';
export { HostError } from './host-error.js';
export { isHostError } from './is-host-error.js';
export { openSettings, type StoredSettings } from './open-settings.js';
export { Stage } from './stage.js';
export { localise, type Text } from './text.js';
export { createToken, type Token } from './token.js';
export * from './tokens.js';
export { Conditioning, isConditioning } from './values/conditioning.js';
export type {
  GenerationRequest,
  HiresRequest,
  InitRequest,
  MaskRequest,
  RefinerRequest,
  ScriptRequest,
} from './values/generation-request.js';
export { type Infotext, isInfotext } from './values/infotext.js';
export { IntTensor } from './values/int-tensor.js';
export { isLatent, Latent } from './values/latent.js';
export { MersenneTwister } from './values/mersenne-twister.js';
export { isRaster, Raster, type RasterChannels } from './values/raster.js';
export type { StepInfo } from './values/step-info.js';
export { isTensor, type Shape, Tensor } from './values/tensor.js';
export { type FeedValue, isTensorHandle, type TensorHandle } from './values/tensor-handle.js';
