/** What became of one recorded case; the reporter makes the table of these. */
export interface CaseScore {
  readonly group: string;
  readonly name: string;
  /** Recorded cases that this stands for; more than one for a whole table. */
  readonly cases: number;
  readonly within: number;
  /** The lowest of its pictures, dB. */
  readonly psnr?: number;
  /** Parameters that are not the recorded ones. */
  readonly infotextsOff?: number;
  /** Issue that brings what the case needs; such cases are listed, not run. */
  readonly later?: number;
}

declare module 'vitest' {
  interface TaskMeta {
    fidelity?: readonly CaseScore[];
  }
}
