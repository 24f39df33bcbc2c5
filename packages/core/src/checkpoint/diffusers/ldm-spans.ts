import { HostError } from '@armature/sdk/host';
import type { TensorSpan } from '../safetensors-header.js';
import type { Component } from './component-files.js';
import { ldmUnetKey, unetLayout } from './ldm-unet-key.js';
import { ldmVaeKey } from './ldm-vae-key.js';
import { openClipSpans } from './open-clip-spans.js';
import type { PipelineConfig } from './pipeline-config.js';

type Spans = ReadonlyMap<string, TensorSpan>;

/** The tensors of a folder's parts under the names of LDM. What LDM has no name for keeps its own, behind that of its part. */
export function ldmSpans(parts: ReadonlyMap<Component, Spans>, config: PipelineConfig, path: string): Spans {
  const spans = [
    ...unetSpans(parts.get('unet') ?? new Map()),
    ...vaeSpans(parts.get('vae') ?? new Map()),
    ...textSpans(parts, config),
    ...noiseSpans(config, path),
  ];
  return new Map(spans.map((span) => [span.key, span]));
}

function unetSpans(unet: Spans): readonly TensorSpan[] {
  const layout = unetLayout(unet.keys());
  return [...unet].map(([name, span]) => {
    const key = ldmUnetKey(name, layout);
    return { ...span, key: key === undefined ? `unet.${name}` : `model.diffusion_model.${key}` };
  });
}

/** Attention in the middle is linear there and a convolution of one pixel here. */
function vaeSpans(vae: Spans): readonly TensorSpan[] {
  const levels = 1 + Math.max(-1, ...[...vae.keys()].map((name) => Number(/^decoder\.up_blocks\.(\d+)\./.exec(name)?.[1] ?? -1)));
  return [...vae].map(([name, span]) => {
    const key = `first_stage_model.${ldmVaeKey(name, levels)}`;
    const isLinear = /\.attn_1\..*weight$/.test(key) && span.shape.length === 2;
    return { ...span, key, shape: isLinear ? [...span.shape, 1, 1] : span.shape };
  });
}

function textSpans(parts: ReadonlyMap<Component, Spans>, { textEncoder }: PipelineConfig): readonly TensorSpan[] {
  const [first, second] = [parts.get('text_encoder'), parts.get('text_encoder_2')];
  // OpenCLIP's activation tells the encoder of SD 2.x from that of SD 1.x.
  if (first && !second && textEncoder.hidden_act === 'gelu') return below('cond_stage_model.model.', withLastLayer(openClipSpans(first)));
  const home = second ? 'conditioner.embedders.0.transformer.' : 'cond_stage_model.transformer.';
  return [
    ...(first ? below(home, clipSpans(first)) : []),
    ...(second ? below(`conditioner.embedders.${first ? 1 : 0}.model.`, openClipSpans(second)) : []),
  ];
}

const below = (prefix: string, spans: readonly TensorSpan[]): readonly TensorSpan[] =>
  spans.map((span) => ({ ...span, key: prefix + span.key }));

/** Newer releases of transformers leave the first name out. */
const clipSpans = (spans: Spans): readonly TensorSpan[] =>
  [...spans].map(([name, span]) => ({ ...span, key: name.startsWith('text_model.') ? name : `text_model.${name}` }));

/** SD 2.x takes the text after the last layer but one, and folders leave the last out: the one before stands there, and is not read. */
function withLastLayer(spans: readonly TensorSpan[]): readonly TensorSpan[] {
  const layerOf = ({ key }: TensorSpan): number => Number(/^transformer\.resblocks\.(\d+)\./.exec(key)?.[1] ?? -1);
  const last = Math.max(...spans.map(layerOf));
  const copies = spans.filter((span) => layerOf(span) === last);
  return [...spans, ...copies.map((span) => ({ ...span, key: span.key.replace(`.${last}.`, `.${last + 1}.`) }))];
}

/** What LDM says by a key without values. @throws HostError CKPT_FOLDER */
function noiseSpans({ scheduler }: PipelineConfig, path: string): readonly TensorSpan[] {
  const { beta_schedule: schedule = 'scaled_linear', rescale_betas_zero_snr: zeroSnr } = scheduler;
  if (schedule !== 'scaled_linear') {
    const problem = `its scheduler was trained with beta_schedule ${JSON.stringify(schedule)}, known is "scaled_linear"`;
    throw new HostError('CKPT_FOLDER', { path, problem });
  }
  return zeroSnr === true ? [{ key: 'ztsnr', dtype: 'F32', shape: [0], offset: 0, byteLength: 0 }] : [];
}
