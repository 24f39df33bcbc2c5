import type { Logger } from '@armature/sdk';

/** A log whose lines say which extension speaks. */
export function extensionLog(id: string, log: Logger): Logger {
  return Object.freeze({
    debug: (message: string, data?: object) => log.debug(`[${id}] ${message}`, data),
    info: (message: string, data?: object) => log.info(`[${id}] ${message}`, data),
    warn: (message: string, data?: object) => log.warn(`[${id}] ${message}`, data),
    error: (message: string, data?: object) => log.error(`[${id}] ${message}`, data),
  });
}
