import { open } from 'node:fs/promises';

/** A script says what it needs in its first lines. */
const headBytes = 4096;
const line = /^[ \t]*(?:\/\/|\/?\*)[ \t]*capabilities:[ \t]*(.*?)[ \t]*(?:\*\/)?[ \t]*$/m;

/** The words of `// capabilities: fs, net` at the head of a script, known or not; none when there is no such line. */
export async function scriptCapabilities(path: string): Promise<readonly string[]> {
  // A file that cannot be read says nothing; loading it says why.
  const head = await headOf(path).catch(() => '');
  const words = line.exec(head.replaceAll('\r', ''))?.[1] ?? '';
  return words.split(/[\s,]+/).filter((word) => word !== '');
}

async function headOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
