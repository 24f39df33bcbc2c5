import { againCommand } from './commands/again-command.js';
import { cacheCommand } from './commands/cache-command.js';
import { doctorCommand } from './commands/doctor-command.js';
import { extensionsCommand } from './commands/extensions-command.js';
import { img2imgCommand } from './commands/img2img-command.js';
import { infoCommand } from './commands/info-command.js';
import { modelsCommand } from './commands/models-command.js';
import { preprocessCommand } from './commands/preprocess-command.js';
import { txt2imgCommand } from './commands/txt2img-command.js';
import { whyCommand } from './commands/why-command.js';
import type { AddCommand } from './run-line.js';

/** Commands of a composed program: those that need no compiler, install nothing and listen nowhere. */
export const productCommands: readonly AddCommand[] = [
  txt2imgCommand,
  img2imgCommand,
  infoCommand,
  againCommand,
  preprocessCommand,
  modelsCommand,
  cacheCommand,
  extensionsCommand,
  doctorCommand,
  whyCommand,
];
