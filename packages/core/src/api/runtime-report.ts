/** What computes, as found when the runtime was started. */
export interface RuntimeReport {
  /** Version of ONNX Runtime; empty where the runtime is not the host's own. */
  readonly version: string;
  /** The device in force, which is `cpu` after a fallback. */
  readonly device: string;
  /** Devices this build of ONNX Runtime brings; whether the machine has one shows when it is asked for. */
  readonly devices: readonly string[];
  /** Bytes that the runtime process takes now. */
  readonly bytes: number;
}
