/** A picture that takes little time and leaves nothing to chance. */
export const pictureRequest = { prompt: 'a red circle on a blue background', seed: 7, steps: 3, width: 64, height: 64 } as const;
