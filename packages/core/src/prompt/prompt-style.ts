/** A row of a styles file. */
export interface PromptStyle {
  readonly name: string;
  readonly prompt: string;
  readonly negativePrompt: string;
}
