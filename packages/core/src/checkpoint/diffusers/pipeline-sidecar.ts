import type { PipelineConfig } from './pipeline-config.js';

type Config = Readonly<Record<string, unknown>>;

/** The descriptions of a diffusers folder in the words of what stands beside a checkpoint: the LDM yaml, and the encoders' own. */
export function pipelineSidecar(config: PipelineConfig): { readonly ldm: Config; readonly textEncoder: Config; readonly openClip: Config } {
  const { scheduler, vae, textEncoder, textEncoder2 } = config;
  const predictsV = scheduler.prediction_type === 'v_prediction';
  const heads = textEncoder2.num_attention_heads ?? textEncoder.num_attention_heads;
  const params = {
    parameterization: predictsV ? 'v' : 'eps',
    ...given('linear_start', scheduler.beta_start),
    ...given('linear_end', scheduler.beta_end),
    ...given('timesteps', scheduler.num_train_timesteps),
    ...given('scale_factor', vae.scaling_factor),
    denoiser_config: { params: { scaling_config: { target: predictsV ? 'diffusers.VScaling' : 'diffusers.EpsScaling' } } },
    ...given('unet_config', unetHeads(config.unet)),
  };
  return { ldm: { model: { params } }, textEncoder, openClip: { text_cfg: given('heads', heads) } };
}

const given = (name: string, value: unknown): Config => (value === undefined || value === null ? {} : { [name]: value });

/** A number is the heads of each level, for all that its name says; a list has them level by level, for heads of one width. */
function unetHeads({ attention_head_dim: told, block_out_channels: widths }: Config): Config | undefined {
  if (typeof told === 'number') return { params: { num_heads: told } };
  if (!Array.isArray(told) || !Array.isArray(widths)) return undefined;
  const sizes = new Set(told.map((count, level) => Number(widths[level]) / Number(count)));
  const [size] = sizes;
  return sizes.size === 1 && Number.isInteger(size) ? { params: { num_head_channels: size } } : undefined;
}
