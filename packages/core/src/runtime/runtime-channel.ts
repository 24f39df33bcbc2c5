import type { RuntimeAnswer, RuntimeCall } from './protocol.js';

/** What a channel tells the host. */
export interface ChannelEvents {
  answer(answer: RuntimeAnswer): void;
  /** The other side lives. Never called by a thread, which cannot be lost alone. */
  beat(): void;
  /** A line that ONNX Runtime wrote to its output. */
  line(text: string): void;
  /** The other side is gone; called once, last. `how`: `signal SIGKILL`, `exit code 1`. */
  ended(how: string): void;
}

/** The way to one life of the runtime. */
export interface RuntimeChannel {
  readonly pid: number | undefined;
  /** Ends a process at once, whatever it does. A thread inside ONNX Runtime cannot be ended without ending the host: absent there. */
  readonly kill?: () => void;
  post(call: RuntimeCall): void;
  /** Whether the channel keeps the host's event loop alive. */
  hold(on: boolean): void;
  /** Asks for the end, which `ended` reports: a process is killed, a thread finishes its call first. */
  close(): void;
}

export type OpenChannel = (events: ChannelEvents) => RuntimeChannel;
