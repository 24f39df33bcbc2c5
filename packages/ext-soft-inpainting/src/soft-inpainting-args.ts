import { type FieldValues, field } from '@armature/sdk';

const key = 'Soft inpainting';

/** Labels, ranges and defaults of the webui's script. */
export const softInpaintingArgs = {
  scheduleBias: field
    .number(1, { min: 0, max: 8, step: 0.1 })
    .label('Schedule bias')
    .infotext(`${key} schedule bias`)
    .describe('Above 1 the given picture is kept more in early steps, below 1 in late ones'),
  preservationStrength: field
    .number(0.5, { min: 0, max: 8, step: 0.05 })
    .label('Preservation strength')
    .infotext(`${key} preservation strength`)
    .describe('How strongly the given picture is kept where the mask is grey'),
  transitionContrast: field
    .number(4, { min: 1, max: 32, step: 0.5 })
    .label('Transition contrast boost')
    .infotext(`${key} transition contrast boost`)
    .describe('Keeps up the contrast that blending takes where the mask is grey'),
  maskInfluence: field
    .number(0, { min: 0, max: 1, step: 0.05 })
    .label('Mask influence')
    .infotext(`${key} mask influence`)
    .describe('Share of the mask in what counts as a change: 0 looks at the pictures only'),
  differenceThreshold: field
    .number(0.5, { min: 0, max: 8, step: 0.25 })
    .label('Difference threshold')
    .infotext(`${key} difference threshold`)
    .describe('Change at which half of the given pixels still shows'),
  differenceContrast: field
    .number(2, { min: 0, max: 8, step: 0.25 })
    .label('Difference contrast')
    .infotext(`${key} difference contrast`)
    .describe('How sudden the transition between given and painted pixels is'),
};

export type SoftInpaintingArgs = FieldValues<typeof softInpaintingArgs>;
