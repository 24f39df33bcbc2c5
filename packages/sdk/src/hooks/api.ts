import type { GenerationRequest } from '../values/generation-request.js';
import type { Infotext } from '../values/infotext.js';
import { isInfotext } from '../values/infotext.js';
import type { HostScope, JobScope } from './contexts.js';
import { guarded, record, transform } from './kinds.js';
import { isObject, isText } from './predicates.js';

export interface ApiRequest {
  readonly route: string;
  readonly request: GenerationRequest;
}
export interface ApiResponse {
  readonly body: Readonly<Record<string, unknown>>;
}

export const apiHooks = {
  /** A request after validation, before a job is made of it. */
  request: transform<ApiRequest, HostScope>(record<ApiRequest>('ApiRequest', { route: isText, request: isObject })),
  /** What a client will get. */
  response: transform<ApiResponse, JobScope>(record<ApiResponse>('ApiResponse', { body: isObject })),
  /** Parameters read from a pasted infotext. */
  paste: transform<Infotext, HostScope>(guarded('Infotext', isInfotext)),
} as const;
