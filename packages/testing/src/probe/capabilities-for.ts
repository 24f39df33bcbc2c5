import type { InlineManifest } from '../inline-extension.js';
import { hookDeclaration } from './hook-declaration.js';
import type { HookName } from './hook-name.js';

/** What an extension that taps these hooks has to declare. */
export const capabilitiesFor = (hooks: readonly HookName[]): InlineManifest =>
  hooks.some((hook) => hookDeclaration(hook).structural) ? { capabilities: ['graph'] } : {};
