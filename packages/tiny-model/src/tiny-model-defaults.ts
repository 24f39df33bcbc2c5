/** Request values the embedded checkpoint was trained for; sizes in pixels. */
export const tinyModelDefaults = Object.freeze({
  width: 128,
  height: 128,
  steps: 20,
  cfgScale: 5,
  sampler: 'Euler',
  scheduler: 'Automatic',
});
