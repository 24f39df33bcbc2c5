/** How strongly a latent is denoised. */
export interface DenoiseAmount {
  /** 0…1 */
  readonly strength: number;
  /** As many steps are run as were asked for, of a schedule made longer; otherwise only the strength's share of the steps. */
  readonly fixedSteps: boolean;
}

export interface Img2imgSteps {
  /** Steps the schedule is made for; 0: nothing is denoised. */
  readonly scheduled: number;
  /** Steps that are run, less one. */
  readonly encoded: number;
}

/** The webui's `setup_img2img_steps`. */
export function img2imgSteps(requested: number, { strength, fixedSteps }: DenoiseAmount): Img2imgSteps {
  const share = Math.min(strength, 0.999);
  if (!fixedSteps) return { scheduled: requested, encoded: Math.trunc(share * requested) };
  return { scheduled: strength > 0 ? Math.trunc(requested / share) : 0, encoded: requested - 1 };
}
