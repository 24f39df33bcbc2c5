import type { ExtensionDefinition, Fault, HostError } from '@armature/sdk';
import type { ExtensionReport, ExtensionState, ExtensionWarning } from '../api/index.js';
import type { Scope } from '../di/index.js';
import type { HookName, Seat } from '../hooks/index.js';
import type { ExtensionCandidate } from './extension-candidate.js';
import type { StartedThings } from './started-things.js';

/** What a manifest that cannot be read says. */
const nothing = { requires: [], after: [], before: [], capabilities: [], provides: [], title: undefined, summary: undefined } as const;

/** An extension through its life: `listed → invalid | blocked | failed | active → tripped → disposed`. */
export class ExtensionRecord {
  readonly id: string;
  readonly version: string;
  readonly candidate: ExtensionCandidate;
  state: ExtensionState = 'listed';
  /** Where a fault of its way up belongs. */
  phase: 'load' | 'setup' = 'load';
  cause: HostError | undefined;
  blockedBy: string | undefined;
  definition: ExtensionDefinition | undefined;
  seat: Seat | undefined;
  scope: Scope | undefined;
  hooks: readonly HookName[] = [];
  contributions: readonly string[] = [];
  args: Readonly<Record<string, unknown>> = {};
  setupMilliseconds = 0;
  readonly warnings: ExtensionWarning[] = [];
  /** What it left running, as far as its setup started it. */
  started: StartedThings | undefined;
  /** Jobs in a row in which it was at fault. */
  faultedJobs = 0;

  constructor(candidate: ExtensionCandidate) {
    const { manifest, origin } = candidate;
    this.candidate = candidate;
    this.id = 'id' in manifest ? manifest.id : String(manifest.data.extension ?? origin);
    this.version = 'id' in manifest ? manifest.version : '';
  }

  /** Ends the way up. @returns the fault to be kept. */
  fail(state: Exclude<ExtensionState, 'active' | 'disposed'>, cause: HostError): Fault {
    this.state = state;
    this.cause = cause;
    const { message, code } = cause;
    // Where the host itself said no, its error has the frames of the extension that asked.
    const origin = cause.cause ?? (state === 'failed' || state === 'invalid' ? cause : undefined);
    return {
      code,
      extension: this.id,
      hook: this.phase,
      message,
      ...(origin === undefined ? {} : { cause: origin }),
      at: Date.now(),
    };
  }

  report(): ExtensionReport {
    const { id, version, state, cause, blockedBy, hooks, contributions, args, setupMilliseconds } = this;
    const { requires, after, before, capabilities, provides, title, summary } = {
      ...nothing,
      ...('id' in this.candidate.manifest ? this.candidate.manifest : {}),
    };
    return Object.freeze({
      id,
      version,
      state,
      origin: this.candidate.origin,
      cause: cause && { code: cause.code, message: cause.message },
      blockedBy,
      requires,
      after,
      before,
      capabilities,
      provides,
      title,
      summary,
      warnings: [...this.warnings],
      hooks,
      contributions,
      args,
      enabled: this.definition?.enabled ?? true,
      a1111: this.definition?.a1111,
      setupMilliseconds,
    });
  }
}
