/** OpenCLIP's cleaning of prompts. */
export function cleanOpenClip(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
