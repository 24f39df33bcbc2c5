import type { Ignored } from './answer-differences.js';

const folder = 'where the files lie';
const later = 'networks of issue 10';

/** By route: what of an answer depends on the machine, or on what a later issue builds, or is better here. */
export const ignoredAnswers: Readonly<Record<string, Ignored>> = {
  'cmd-flags': { '*': 'how the program was started' },
  'sd-models': {
    '*.filename': folder,
    '*.config': folder,
    '*.title': 'carries the hash once it is known',
    '*.hash': 'once it is known',
    '*.sha256': 'once it is known',
    '[tiny-random-sd2v]': 'lists what is there',
  },
  'sd-vae': { '*.filename': folder },
  hypernetworks: { '*.path': folder },
  loras: { '*.path': folder },
  progress: { '*': 'of the moment' },
  'face-restorers': { '*': later },
  'realesrgan-models': { '*': 'models the webui would download first' },
  upscalers: Object.fromEntries(['DAT*', 'ESRGAN*', 'LDSR', 'R-ESRGAN*', 'ScuNET*', 'SwinIR*'].map((name) => [`[${name}]*`, later])),
  extensions: { '*': 'the original lists those from git alone' },
  scripts: { txt2img: 'Hypertile is not built; ControlNet was not among the recorded', img2img: 'as for txt2img' },
  'script-info': {
    '[img2img alternative*.args': 'prose of its page',
    '[outpainting mk2*.args': 'prose of its page',
    '[x/y/z plot*.args': 'says of lists to pick from that they are empty',
    '[sd upscale*.args': 'prose of its page, and the upscalers there are',
    '[hypertile*': 'not built',
    '[refiner*.args': 'names the checkpoints there are',
    '[sampler*.args': 'names the samplers there are, DDPM among them',
  },
  options: {
    sd_model_checkpoint: 'carries the hash once it is known',
    sd_checkpoint_hash: 'once it is known',
    '*_explanation': 'prose of the settings page',
    settings_in_ui: 'prose of the settings page',
    samples_save: 'set in the recording',
    auto_launch_browser: 'set in the recording',
    api_enable_requests: 'set in the recording',
  },
};

/** Routes that other parts of the server bring; compared as soon as they answer. */
export const pendingRoutes: Readonly<Record<string, string>> = {
  loras: 'of ext-lora',
  'refresh-loras': 'of ext-lora',
  scripts: 'with generation',
  'script-info': 'with generation',
  progress: 'with generation',
  txt2img: 'with generation',
  img2img: 'with generation',
  interrupt: 'with generation',
  skip: 'with generation',
};
