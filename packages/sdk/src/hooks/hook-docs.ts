import type { HookCatalogue, Phase } from './catalogue.js';

/** What the documentation says of a hook beyond what the catalogue declares. */
export interface HookDoc {
  readonly summary: string;
  /** The value that travels, `Latent`; question and answer, `ModelQuestion → ModelAnswer`. */
  readonly type: string;
  /** The webui's callback, script method or hijack that this hook stands for; empty: there was none. */
  readonly a1111: string;
  readonly since: string;
}

const doc = (type: string, a1111: string, summary: string, since = '0.1'): HookDoc => ({ summary, type, a1111, since });

/** One entry for each hook; a hook without one does not compile. `docs/hooks` is written from it. */
export const hookDocs: { readonly [P in Phase]: { readonly [H in keyof HookCatalogue[P]]: HookDoc } } = {
  startup: {
    configure: doc('HostSettings', '`on_ui_settings`, `preload.py`', 'Last word on the stored options before anything is opened.'),
    ready: doc('HostReady', '`on_app_started`, end of `load_scripts`', 'Every extension is set up and the hooks are sealed.'),
  },
  model: {
    resolve: doc(
      'ModelQuestion → ModelAnswer',
      '`get_closet_checkpoint_match`',
      'Names a file for a model name before the catalogue is asked.',
    ),
    detect: doc(
      'DetectQuestion → DetectAnswer',
      '`sd_models_config.guess_model_config_from_state_dict`',
      'Names the family of a file before the families are asked.',
    ),
    loaded: doc('ModelInfo', '`model_loaded_callback`', 'A model was opened; speaks once per weights identity.'),
    weights: doc(
      'WeightMap',
      'LoRA’s patched `forward` and `load_state_dict`',
      'Replaces tensors of a model before its graphs are emitted.',
    ),
    unloading: doc('ModelInfo', '`unload_model_weights`', 'The sessions of a model are about to be freed.'),
    listed: doc('ModelInfo[]', '`list_models`', 'The list of checkpoints as clients will see it.'),
  },
  graph: {
    plan: doc('GraphPlan', '`list_unets`, `sd_unet` swap', 'Adds sockets and variants to a network before it is emitted.'),
    session: doc('SessionOptions', '`devices.py` globals', 'Options of the session about to be created.'),
    module: doc('EmitFn', 'CrossAttention hijacks, `list_optimizers`', 'Decorates the emit function of every module whose path matches.'),
    emitted: doc('EmittedGraph', '`TorchHijackForUnet`, `CondFunc`', 'The whole graph as protobuf bytes.'),
    inputs: doc(
      'GraphInputs',
      '`network_apply_weights`',
      'Values of extra inputs that stay the same as long as a run holds the session of a network.',
    ),
  },
  prompt: {
    text: doc('PromptText', '`Script.process`, styles, wildcards', 'The prompt pair of one picture before anything is parsed.'),
    tokens: doc('PromptTokens', '`sd_hijack_clip`, `before_token_counter`', 'The token chunks of one prompt.'),
    embeddings: doc(
      'Tensor',
      '`EmbeddingsWithFixes` (textual inversion)',
      'Token embeddings of one chunk before the encoder’s first layer.',
    ),
    conditioning: doc('Conditioning', '`setup_conds`, `cond_stage_model` swap', 'The finished conditioning of one prompt batch.'),
  },
  sampling: {
    plan: doc('SamplingPlan', '`Script.before_process`, schedule overrides', 'Sampler, schedule and noise levels of the run.'),
    noise: doc('Latent', '`on_extra_noise`, `rng`', 'Noise as it was drawn, with unit variance.'),
    denoiser: doc('Denoiser', '`UnetHook`, `sd_unet`, sampler hijacks', 'Decorates the denoiser for a whole run.'),
    feeds: doc('DenoiserFeeds', '`on_cfg_denoiser`', 'Everything about to be fed to the denoiser for one call.'),
    prediction: doc('Predictions', '`on_cfg_denoised`', 'The conditional and the unconditional prediction of one call.'),
    guidance: doc('GuidanceQuestion → Latent', '`combine_denoised` override', 'Replaces how the two predictions are combined.'),
    blend: doc(
      'Latent',
      '`on_mask_blend`',
      'The latent after an inpainting mask was blended in: x0 after guidance (timestep samplers: before `feeds`), and the result of the sampler.',
    ),
    guided: doc('Latent', '`on_cfg_after_cfg`', 'The denoised latent x0 after guidance, whatever the sampler.'),
    step: doc('StepReport', '`callback_state`, live preview', 'A step ended.'),
    done: doc('Latent', '`Script.post_sample`', 'The final latent of a batch.'),
  },
  image: {
    decode: doc('Latent → Raster[]', '`already_decoded`', 'Decodes a latent in place of the model’s own decoder.'),
    batch: doc('Raster[]', '`Script.postprocess_batch_list`', 'All pictures of one batch.'),
    each: doc('Raster', '`Script.postprocess_image`', 'One picture; rungs: Restore 50, Upscale 60.'),
    overlay: doc(
      'OverlayLayer',
      '`Script.postprocess_maskoverlay`',
      'Mask and given picture, before what the mask leaves of it is laid over one picture.',
    ),
    composite: doc('Raster', '`postprocess_image_after_composite`', 'One picture after the unmasked part was pasted back.'),
    infotext: doc('Infotext', '`extra_generation_params`', 'The generation parameters of one picture.'),
    saving: doc(
      'SaveRequest',
      '`on_before_image_saved`',
      'A picture about to be written; `ctx.kind`: `picture`, `grid`, `mask` or `mask-composite`.',
    ),
    saved: doc('SavedImage', '`on_image_saved`', 'A picture was written.'),
    extras: doc('Raster[]', '`Script.postprocess` (`processed.images`)', 'Pictures given back behind the results of a job.'),
    grid: doc('GridLayout', '`on_image_grid`', 'Columns and rows of the grid of `ctx.images`.'),
  },
  api: {
    request: doc('ApiRequest', '`alwayson_scripts` argument lists', 'A request after validation, before a job is made of it.'),
    response: doc('ApiResponse', '', 'What a client will get.'),
    paste: doc('Infotext', '`on_infotext_pasted`', 'Parameters read from a pasted infotext.'),
  },
  ui: {
    page: doc('PageLayout', '`on_ui_tabs`, `on_before_component`, `on_after_component`', 'Which elements stand in which slot of the page.'),
  },
  job: {
    admit: doc('JobInfo → AdmitAnswer', '`queue_lock`', 'Turns a job away before it is queued.'),
    done: doc('JobOutcome', '`Script.postprocess`', 'A job ended, in whatever way. Speaks also to extensions at fault.'),
  },
};
