/** What one kind of scaffold is about. */
export interface ScaffoldKind {
  readonly name: string;
  /** Beside its name in the help. */
  readonly summary: string;
  /** First words of its README; `{{title}}` and the like are filled in. */
  readonly about: string;
  readonly use: string;
  readonly capabilities: readonly string[];
}

const flag = '`npx armature txt2img "a lighthouse"';

/** Kinds of `armature create`; each has a folder of its name below `templates/`. */
export const scaffoldKinds: readonly ScaffoldKind[] = [
  {
    name: 'hook',
    summary: 'speaks at one moment of every picture',
    about: 'Changes finished pictures. `src/index.ts` taps one hook; `docs/hooks` of Armature has all of them.',
    use: `${flag} --{{name}}.amount 0.5\` sets its argument, \`--{{name}}.enabled false\` leaves it out.`,
    capabilities: [],
  },
  {
    name: 'sampler',
    summary: 'a way from noise to picture, picked by name',
    about: 'A sampler. As it stands it is Euler’s method: put your formula into `src/index.ts`.',
    use: `${flag} --sampler "{{title}}"\` samples with it.`,
    capabilities: [],
  },
  {
    name: 'upscaler',
    summary: 'enlarges pictures, picked by name',
    about: 'An upscaler for hires fix. As it stands it repeats pixels: put your own into `src/index.ts`.',
    use: `${flag} --hires.upscaler "{{title}}"\` enlarges with it.`,
    capabilities: [],
  },
  {
    name: 'script',
    summary: 'asks for pictures of its own while one is made',
    about: 'Feeds a picture back as the start of the next, some rounds long. `PIPELINE` makes whole pictures from inside an extension.',
    use: `${flag} --{{name}}.rounds 3 --{{name}}.strength 0.5\` goes three rounds.`,
    capabilities: [],
  },
  {
    name: 'rider',
    summary: 'a tag in the prompt that changes the model’s weights',
    about: 'Rides on a model: `<{{tag}}:0.5>` in the prompt scales some of its weights while the file stays as it is.',
    use: '`npx armature txt2img "a lighthouse <{{tag}}:0.5>"` uses it.',
    capabilities: ['graph'],
  },
  {
    name: 'panel',
    summary: 'a form of fields that change the picture',
    about:
      'A panel: the schema of its arguments is the form. There is no browser page yet, so no element of your own can stand in it; ' +
      'the command line and programs have the fields today.',
    use: `${flag} --{{name}}.tone grey --{{name}}.contrast 1.4\` sets its fields.`,
    capabilities: [],
  },
];
