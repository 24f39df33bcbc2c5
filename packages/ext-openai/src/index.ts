import { CATALOGUE, defineExtension, type ExtensionDefinition, field, IMAGES, PIPELINE } from '@armature/sdk';
import { answerImages, type ImagesDesk } from './answer-images.js';
import { readEdit } from './read-edit.js';
import { readGeneration } from './read-generation.js';
import { Turns } from './turns.js';

/** Typed without its schemas, so that who imports it needs no zod. */
const openai: ExtensionDefinition = defineExtension({
  options: {
    steps: field.integer(20, { min: 1, max: 1000 }).describe('Sampling steps of each picture'),
    cfgScale: field.number(7, { min: 0, max: 100 }).describe('How strongly the prompt guides the picture'),
    size: field.text('512x512').describe('Size when a request names none, or auto'),
    denoisingStrength: field.number(1, { min: 0, max: 1 }).describe('How far the masked part of an edited picture may change'),
    waiting: field.integer(16, { min: 1, max: 10_000 }).describe('Requests that may wait; more are turned away with 429'),
  },
  setup({ contribute, use, options, onDispose }) {
    const turns = new Turns(options.waiting);
    onDispose(() => turns.close());
    const desk: ImagesDesk = { images: use(IMAGES), catalogue: use(CATALOGUE), pipeline: use(PIPELINE), turns, options };
    contribute.route({ name: 'POST /v1/images/generations', handle: (request) => answerImages(desk, request, readGeneration) });
    contribute.route({ name: 'POST /v1/images/edits', handle: (request) => answerImages(desk, request, readEdit) });
  },
});

export default openai;
