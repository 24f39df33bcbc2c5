import { findModule } from '../modules/control-modules.js';
import type { ControlUnit } from '../units/control-unit.js';

/** A unit whose picture is shown to the UNet itself. */
export const isReference = ({ module }: ControlUnit): boolean => findModule(module)?.reference !== undefined;
