/** The generation parameters of one picture, in writing order: `Steps`, `Sampler`, … */
export interface Infotext {
  readonly prompt: string;
  readonly negativePrompt: string;
  /** Key → value in order; a null value is left out. */
  readonly fields: ReadonlyMap<string, string | number | boolean | null>;
}

export const isInfotext = (value: unknown): value is Infotext =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Infotext).prompt === 'string' &&
  (value as Infotext).fields instanceof Map;
