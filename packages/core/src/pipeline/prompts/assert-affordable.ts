import { HostError } from '@armature/sdk/host';

/** Hidden-state chunks one batch may be conditioned on while its prompts change: 2 GB at width 768. */
const mostChunks = 8192;

/** A plain prompt may be as long as it likes; one that changes multiplies its length. @throws HostError PROMPT_INVALID */
export function assertAffordable(chunks: number, variants: number): void {
  if (variants === 1 || chunks <= mostChunks) return;
  const problem = `its ${variants} variants are ${chunks} chunks of 75 tokens, at most ${mostChunks} are encoded. Shorten it or change it less often`;
  throw new HostError('PROMPT_INVALID', { problem });
}
