/** The model files of one kind, as `Host.modelFolders` finds them. */
export interface ModelFolderReport {
  /** `checkpoint`, `vae`, `lora`… */
  readonly kind: string;
  /** Where was looked; a folder need not exist. */
  readonly folders: readonly string[];
  readonly files: number;
  readonly bytes: number;
  /** Files that cannot be opened, or whose safetensors header is broken. */
  readonly unreadable: readonly { readonly path: string; readonly code: string; readonly message: string }[];
}
