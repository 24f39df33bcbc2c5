import type { HostScope } from './contexts.js';
import { record, transform } from './kinds.js';
import { isText, listOf, mapOf } from './predicates.js';

export interface PageLayout {
  /** Slot name → custom element names, in order. */
  readonly slots: Readonly<Record<string, readonly string[]>>;
}

export const uiHooks = {
  /** Which elements stand in which slot of the page. */
  page: transform<PageLayout, HostScope>(record<PageLayout>('PageLayout', { slots: mapOf(listOf(isText)) })),
} as const;
