import { findModule } from '../modules/control-modules.js';
import type { ControlUnit } from './control-unit.js';

/** Whether a unit's picture is told to the cross-attention (IP-Adapter). */
export const isImagePrompt = ({ module }: ControlUnit): boolean => findModule(module)?.encoder !== undefined;
