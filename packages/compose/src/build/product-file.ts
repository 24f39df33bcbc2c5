/** One file of a product: its contents, or the file they are copied from. */
export type ProductFile = string | Uint8Array | { readonly from: string };

/** Files of a product by their path in it, with slashes. */
export type ProductFiles = ReadonlyMap<string, ProductFile>;
