import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { arch, platform, version } from 'node:process';
import { hostVersion } from '@armature/core';

/** The machine and the programs on it, as far as pictures depend on them. */
export interface Environment {
  readonly armature: string;
  readonly node: string;
  /** `linux-x64` */
  readonly platform: string;
  readonly cpu: string;
  /** Threads that this process may use at once. */
  readonly threads: number;
  /** Instructions that decide how fast networks are; empty where the system does not list them. */
  readonly instructions: readonly string[];
  /** Bytes that this process may use, and bytes free now. */
  readonly memory: number;
  readonly free: number;
}

/** Vector and matrix instructions ONNX Runtime has kernels for. */
const useful = /^(?:sse4_[12]|avx\w*|fma|f16c|amx_\w+|asimd\w*|sve\w*|i8mm|bf16)$/;

export async function readEnvironment(): Promise<Environment> {
  const constrained = process.constrainedMemory();
  return {
    armature: hostVersion,
    node: version,
    platform: `${platform}-${arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    threads: availableParallelism(),
    instructions: await readInstructions(),
    memory: Math.min(totalmem(), constrained > 0 ? constrained : Number.POSITIVE_INFINITY),
    free: freemem(),
  };
}

async function readInstructions(): Promise<readonly string[]> {
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  const words = /^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
  return words.filter((word) => useful.test(word)).sort();
}
