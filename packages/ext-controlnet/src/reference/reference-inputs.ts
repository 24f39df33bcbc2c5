/** Inputs and outputs that the UNet of a job with references has. */
const own = 'armature.controlnet.reference';

/** Of one module: what was kept before, what it keeps, and how much of itself each row stays. */
export const placeNames = (path: string) => ({
  bank: `${own}.bank.${path}`,
  kept: `${own}.kept.${path}`,
  style: `${own}.style.${path}`,
});

/** Of all modules. `writing`: with any value, modules keep what they see. */
export const commonNames = {
  writing: `${own}.writing`,
  /** Rows of negative prompts, by number. */
  negative: `${own}.negative`,
  /** Where each row is found among all rows with the negative ones once more behind them. */
  order: `${own}.order`,
} as const;

/** What other units add to the network: a reference is shown to it without them. */
export const isControl = (input: string): boolean => /^armature\.controlnet\.(residual|feature)\d+$/.test(input);
