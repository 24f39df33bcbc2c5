interface KeyLayout {
  /** Catalogue kind of such files. */
  readonly kind: string;
  readonly what: string;
  readonly matches: (keys: readonly string[]) => boolean;
}

const any = (pattern: RegExp) => (keys: readonly string[]) => keys.some((key) => pattern.test(key));
const all = (pattern: RegExp) => (keys: readonly string[]) => keys.length > 0 && keys.every((key) => pattern.test(key));

/** Common layouts by their tensor names, most telling first. */
const layouts: readonly KeyLayout[] = [
  { kind: 'checkpoint', what: 'a Stable Diffusion 3 checkpoint', matches: any(/^model\.diffusion_model\.(?:joint_blocks|x_embedder)\./) },
  { kind: 'checkpoint', what: 'a Flux checkpoint', matches: any(/(?:^|\.)double_blocks\.\d/) },
  { kind: 'checkpoint', what: 'an SDXL checkpoint', matches: any(/^conditioner\.embedders\./) },
  { kind: 'checkpoint', what: 'a Stable Diffusion 2 checkpoint', matches: any(/^cond_stage_model\.model\./) },
  { kind: 'checkpoint', what: 'a Stable Diffusion 1 checkpoint', matches: any(/^model\.diffusion_model\./) },
  {
    kind: 'lora',
    what: 'a LoRA',
    matches: any(/^lora_|\.lora_(?:up|down|A|B)\b|\.(?:hada_w|lokr_w|oft_|on_input|dora_scale)|\.diff(?:_b)?$/),
  },
  {
    kind: 'controlnet',
    what: 'a ControlNet',
    matches: any(/^control_model\.|^input_hint_block\.|^controlnet_(?:cond|down|mid)|^lora_controlnet$/),
  },
  { kind: 'controlnet', what: 'a T2I-Adapter', matches: any(/^(?:adapter\.)?body\.\d+\.(?:block1|resnets|in_conv)/) },
  { kind: 'embedding', what: 'a textual inversion embedding', matches: all(/^(?:emb_params|string_to_|clip_[lg]$|<.*>$)/) },
  { kind: 'vae', what: 'a VAE', matches: any(/^(?:first_stage_model\.)?(?:encoder|decoder)\.(?:down|up)(?:_blocks)?\.\d/) },
  {
    kind: 'esrgan',
    what: 'an upscaler',
    matches: any(/^(?:model\.1\.sub\.|conv_first\.|body\.\d+\.(?:rdb1|weight)|layers\.0\.residual_group)/),
  },
  { kind: 'unet', what: 'a bare UNet in diffusers layout, without text encoder and VAE', matches: any(/^down_blocks\.\d/) },
  { kind: 'unet', what: 'a bare UNet, without text encoder and VAE', matches: any(/^(?:diffusion_model\.)?input_blocks\.\d/) },
  {
    kind: 'text-encoder',
    what: 'a text encoder',
    matches: any(/^(?:text_model\.|transformer\.(?:resblocks|text_model)|encoder\.block\.\d)/),
  },
];

/** What a file holds, judged by its tensor names; undefined when nothing known fits. */
export function describeKeys(keys: ReadonlySet<string>): { readonly kind: string; readonly what: string } | undefined {
  const names = [...keys];
  return layouts.find(({ matches }) => matches(names));
}
