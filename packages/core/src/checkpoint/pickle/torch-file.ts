import type { PickleStorage, PickleValue } from './pickle-value.js';

/** What torch.save has written: a value, and where the numbers of its storages lie. */
export interface TorchFile {
  readonly value: PickleValue;
  /** Absolute byte offset and length of a storage. @throws HostError CKPT_PICKLE */
  locate(storage: PickleStorage): { readonly offset: number; readonly bytes: number };
}
