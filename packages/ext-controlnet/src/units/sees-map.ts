import { isReference } from '../reference/is-reference.js';
import type { ControlUnit } from './control-unit.js';
import { isImagePrompt } from './is-image-prompt.js';

/** Whether a unit's map goes through a control network: the UNet itself, or its attention, looks at the pictures of the others. */
export const seesMap = (unit: ControlUnit): boolean => !isReference(unit) && !isImagePrompt(unit);
