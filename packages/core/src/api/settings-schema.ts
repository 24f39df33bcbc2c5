import { z } from 'zod';

const filenamePattern = z
  .string()
  .max(1000)
  .refine((pattern) => !pattern.split(/[/\\]/).includes('..'), 'names stay below the output folder, without ".."');

/** Options of the host under their webui names and with their webui defaults; a request may override any for itself. */
export const settingsSchema = z.strictObject({
  sd_model_checkpoint: z.string().default('').describe('Checkpoint used when a request names none'),
  randn_source: z
    .enum(['GPU', 'CPU', 'NV'])
    .default('GPU')
    .describe('Where noise comes from; GPU is the CPU generator here, as in the webui on a CPU'),
  CLIP_stop_at_last_layers: z
    .number()
    .int()
    .min(1)
    .max(12)
    .default(1)
    .describe('Clip skip: how many last layers of the text encoder to leave out, plus one'),
  sdxl_clip_l_skip: z.boolean().default(false).describe("Clip skip acts on SDXL's smaller text encoder"),
  sdxl_crop_top: z.number().int().min(-16384).max(16384).default(0).describe('Rows above the picture that SDXL is told were cut off'),
  sdxl_crop_left: z.number().int().min(-16384).max(16384).default(0).describe('Columns left of the picture that SDXL is told were cut off'),
  sdxl_refiner_low_aesthetic_score: z
    .number()
    .min(0)
    .max(10)
    .default(2.5)
    .describe("Aesthetic score that SDXL's refiner is told with negative prompts"),
  sdxl_refiner_high_aesthetic_score: z
    .number()
    .min(0)
    .max(10)
    .default(6)
    .describe("Aesthetic score that SDXL's refiner is told with prompts"),
  emphasis: z.enum(['None', 'Ignore', 'Original', 'No norm']).default('Original').describe('How (attention:1.2) in prompts acts'),
  comma_padding_backtrack: z
    .number()
    .int()
    .min(0)
    .max(74)
    .default(20)
    .describe('How far to look back for a comma when a prompt is cut into chunks'),
  use_old_emphasis_implementation: z.boolean().default(false).describe('Read brackets as the first webui did: no numbers, one chunk'),
  enable_prompt_comments: z.boolean().default(true).describe('Leave out what stands behind # in prompts'),
  use_old_scheduling: z.boolean().default(false).describe('Numbers of [a:b:n] as before webui 1.6: a share below 1, else a step'),
  batch_cond_uncond: z.boolean().default(true).describe('Evaluate positive and negative prompts in one network call'),
  pad_cond_uncond: z.boolean().default(false).describe('Lengthen the shorter of the two prompts with empty ones'),
  pad_cond_uncond_v0: z.boolean().default(false).describe('Fit the negative prompt to the positive one by its last vector or by cutting'),
  skip_early_cond: z.number().min(0).max(1).default(0).describe('Share of the steps, from the start, without the negative prompt'),
  s_min_uncond: z.number().min(0).max(15).default(0).describe('Noise level below which each other step leaves the negative prompt out'),
  s_min_uncond_all: z.boolean().default(false).describe('Leave it out at every such step'),
  eta_ancestral: z.number().min(0).max(1).default(1).describe('Share of fresh noise in ancestral samplers'),
  eta_ddim: z.number().min(0).max(1).default(0).describe('Share of fresh noise in DDIM'),
  s_churn: z.number().min(0).max(100).default(0).describe('Churn of the Euler sampler'),
  s_tmin: z.number().min(0).max(100).default(0).describe('Lowest sigma that is churned'),
  s_tmax: z.number().min(0).max(999).default(0).describe('Highest sigma that is churned; 0: no limit'),
  s_noise: z.number().min(0).max(2).default(1).describe('Strength of fresh noise'),
  eta_noise_seed_delta: z.number().int().default(0).describe('Added to the seed of the noise drawn while sampling (ENSD)'),
  sigma_min: z.number().min(0).max(10).default(0).describe("Lowest sigma of a schedule; 0: the model's"),
  sigma_max: z.number().min(0).max(60).default(0).describe("Highest sigma of a schedule; 0: the model's"),
  rho: z.number().min(0).max(30).default(0).describe("Curvature of a schedule; 0: the schedule's own"),
  use_old_karras_scheduler_sigmas: z.boolean().default(false).describe('Schedules from 10 to 0.1, as in old versions'),
  always_discard_next_to_last_sigma: z.boolean().default(false).describe('Drop the last sigma above 0, for every sampler'),
  sgm_noise_multiplier: z.boolean().default(false).describe("Scale the first noise as Stability's own code does"),
  sd_noise_schedule: z
    .enum(['Default', 'Zero Terminal SNR'])
    .default('Default')
    .describe("Zero Terminal SNR: the model's last timestep becomes all noise"),
  use_downcasted_alpha_bar: z.boolean().default(false).describe('Noise levels in half precision, as in old versions'),
  enable_quantization: z.boolean().default(false).describe('Only whole timesteps are given to the model'),
  beta_dist_alpha: z.number().min(0.01).max(100).default(0.6).describe('Alpha of the Beta schedule'),
  beta_dist_beta: z.number().min(0.01).max(100).default(0.6).describe('Beta of the Beta schedule'),
  tcd_gamma: z.number().min(0).max(1).default(0.3).describe('Share of each step of TCD that is noise again'),
  uni_pc_variant: z.enum(['bh1', 'bh2', 'vary_coeff']).default('bh1').describe('Variant of UniPC'),
  uni_pc_skip_type: z.enum(['time_uniform', 'time_quadratic', 'logSNR']).default('time_uniform').describe('How UniPC spaces its steps'),
  uni_pc_order: z.number().int().min(1).max(50).default(3).describe('Highest order of UniPC'),
  uni_pc_lower_order_final: z.boolean().default(true).describe('UniPC lowers its order towards the end'),
  tiling: z.boolean().default(false).describe('Pictures whose edges fit together'),
  vae_tile: z
    .number()
    .int()
    .min(0)
    .max(8192)
    .default(0)
    .describe('Side of the tiles the VAE works on, pixels; 0: whole pictures, tiles of 512 where they do not fit into memory'),
  sd_vae: z.string().default('Automatic').describe("VAE file by name; None: the checkpoint's own; Automatic: one that belongs to it"),
  sd_vae_overrides_per_model_preferences: z.boolean().default(true).describe('The VAE setting wins over what a checkpoint prefers'),
  hires_fix_use_firstpass_conds: z.boolean().default(false).describe('Encode the prompts of the second run before the first'),
  use_old_hires_fix_width_height: z.boolean().default(false).describe('Width and height are those of the larger picture'),
  hires_fix_refiner_pass: z.enum(['first pass', 'second pass', 'both passes']).default('second pass').describe('Where the refiner acts'),
  refiner_switch_by_sample_steps: z.boolean().default(false).describe('The refiner takes over by steps, not by noise level'),
  inpainting_mask_weight: z.number().min(0).max(1).default(1).describe('How strongly the mask conditions inpainting checkpoints'),
  initial_noise_multiplier: z.number().min(0).max(1.5).default(1).describe('Strength of the first noise in image to image'),
  img2img_extra_noise: z.number().min(0).max(1).default(0).describe('More noise on the picture in image to image and hires fix'),
  img2img_color_correction: z.boolean().default(false).describe('Give results the colours of the given picture'),
  img2img_fix_steps: z.boolean().default(false).describe('Image to image runs all steps asked for, whatever the denoising strength'),
  img2img_background_color: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'a colour is written #rrggbb')
    .default('#ffffff')
    .describe('What transparent parts of given pictures become'),
  overlay_inpaint: z.boolean().default(true).describe('Paste the part outside the mask back from the given picture'),
  upscaler_for_img2img: z.string().default('').describe('Upscaler for given pictures that are too small'),
  return_mask: z.boolean().default(false).describe('Also return the mask of inpainting'),
  return_mask_composite: z.boolean().default(false).describe('Also return the masked part of inpainting alone'),
  save_mask: z.boolean().default(false).describe('Also save the mask of inpainting'),
  save_mask_composite: z.boolean().default(false).describe('Also save the masked part of inpainting alone'),
  save_images_before_highres_fix: z.boolean().default(false).describe('Also save the picture of the first run'),
  save_images_before_color_correction: z.boolean().default(false).describe('Also save the picture before its colours are corrected'),
  samples_format: z.enum(['png', 'jpg', 'webp']).default('png').describe('File format of saved pictures'),
  samples_filename_pattern: filenamePattern.default('').describe('Names of saved pictures; empty: [seed], or with the prompt'),
  save_images_add_number: z.boolean().default(true).describe('Begin names with a running number'),
  save_images_replace_action: z
    .enum(['Replace', 'Add number suffix'])
    .default('Replace')
    .describe('What happens to a file of the same name'),
  save_txt: z.boolean().default(false).describe('Also write the parameters into a text file beside the picture'),
  jpeg_quality: z.number().int().min(1).max(100).default(80).describe('Quality of JPEG and WebP files'),
  webp_lossless: z.boolean().default(false).describe('Write WebP without loss'),
  directories_filename_pattern: filenamePattern.default('[date]').describe('Folder names when pictures are saved into folders'),
  directories_max_prompt_words: z.number().int().min(1).max(20).default(8).describe('Words that [prompt_words] takes'),
  return_grid: z.boolean().default(true).describe('Also return all pictures of a job as one grid'),
  grid_save: z.boolean().default(true).describe('Save the grid of a job'),
  grid_format: z.enum(['png', 'jpg', 'webp']).default('png').describe('File format of saved grids'),
  grid_only_if_multiple: z.boolean().default(true).describe('No grid for a single picture'),
  grid_prevent_empty_spots: z.boolean().default(false).describe('Choose rows so that no cell of a grid stays empty'),
  grid_save_to_dirs: z.boolean().default(true).describe('Save grids into folders, as pictures'),
  n_rows: z.number().int().min(-1).max(16).default(-1).describe('Rows of a grid; -1: by count, 0: the batch size'),
  grid_background_color: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'a colour is written #rrggbb')
    .default('#ffffff')
    .describe('Colour of empty cells'),
  show_progress_type: z
    .enum(['Approx cheap', 'Approx NN', 'TAESD', 'Full'])
    .default('Approx cheap')
    .describe('Previews from a linear formula, by a small decoder whose file is there (VAE-approx, VAE-taesd), or decoded in full'),
  show_progress_every_n_steps: z
    .number()
    .int()
    .min(-1)
    .max(32)
    .default(10)
    .describe('Steps between two previews that are decoded; -1: none'),
  enable_pnginfo: z.boolean().default(true).describe('Write the parameters into saved pictures'),
  save_to_dirs: z.boolean().default(true).describe('Save into a folder for each day'),
  add_model_hash_to_info: z.boolean().default(true).describe('Write the checkpoint hash into the parameters'),
  add_model_name_to_info: z.boolean().default(true).describe('Write the checkpoint name into the parameters'),
  add_vae_hash_to_info: z.boolean().default(true).describe('Write the hash of a VAE file into the parameters'),
  add_vae_name_to_info: z.boolean().default(true).describe('Write the name of a VAE file into the parameters'),
  textual_inversion_add_hashes_to_infotext: z.boolean().default(true).describe('Write names and hashes of embeddings into the parameters'),
  add_version_to_infotext: z.boolean().default(true).describe('Write the program version into the parameters'),
  infotext_styles: z
    .enum(['Ignore', 'Apply', 'Discard', 'Apply if any'])
    .default('Apply if any')
    .describe('Styles found in pasted prompts: leave them, take them out and apply them, or only take them out'),
  infotext_skip_pasting: z.array(z.string()).default([]).describe('Parameters that pasting leaves out, by their names'),
  auto_backcompat: z.boolean().default(true).describe('Pasting pictures of old versions brings the settings they need'),
  sd_lora: z.string().default('None').describe('LoRA by name that is added to every prompt'),
  extra_networks_default_multiplier: z.number().min(0).max(2).default(1).describe('Strength of an add-on that a setting names'),
  lora_functional: z.boolean().default(false).describe('Accepted for webui clients; the pictures are the same'),
  lora_add_hashes_to_infotext: z.boolean().default(true).describe('Write the hashes of LoRA files into the parameters'),
  live_previews_enable: z.boolean().default(true).describe('Make previews while sampling'),
});

export type Settings = z.output<typeof settingsSchema>;
