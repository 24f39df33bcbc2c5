const LONGEST = 300;
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** ONNX Runtime's message without colours, line breaks and the source positions it begins with. */
export function ortProblem(message: string): string {
  const plain = message
    .replace(COLOURS, '')
    .replace(/\s+/g, ' ')
    .replace(/\/\S+\.(?:cc|h|cpp):\d+ /g, '')
    .replace(/^onnxruntime::.*? was false\. /, '')
    .replace(/^.*?::.*?\) (?=\[)/, '')
    .replace(/[\s.]+$/, '')
    .trim();
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain;
}
