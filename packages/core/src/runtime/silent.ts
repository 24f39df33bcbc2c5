/**
 * ONNX Runtime's binaries report to their maker and leave `.ses` and `mat-debug-*.log` in the temporary folder, unless the environment
 * says this when they are loaded. Whoever wants that sets the variable to 0.
 */
export const SILENT = { ORT_DISABLE_TELEMETRY: '1' } as const;
