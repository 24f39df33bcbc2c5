import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  alwaysonArgs,
  argFlags,
  argsFromInfotext,
  argsToInfotext,
  decodeImages,
  defaultArgs,
  fieldMeta,
  fieldTable,
  hasScriptTitle,
  infotextKeys,
  parseArgs,
  toJsonSchema,
} from '../../src/host.js';
import { defineExtension, type ExtensionDefinition, field, Raster } from '../../src/index.js';

const id = 'acme.late-sharpen';
const definition = defineExtension({
  args: {
    from: field.number(0.7, { min: 0, max: 1, step: 0.05 }).infotext('Sharpen from').describe('When to begin').label('From'),
    passes: field.integer(1, { min: 1 }).infotext('Sharpen passes'),
    edges: field.boolean(false).infotext('Sharpen edges'),
    mode: field.choice(['soft', 'hard']).infotext('Sharpen mode'),
    mask: field.image(),
    words: field.list(field.text()).infotext('Sharpen words'),
  },
  a1111: { title: 'Late sharpen', positional: ['enabled', 'from', 'mode'] },
  setup() {},
}) as ExtensionDefinition;
const offByDefault = defineExtension({
  enabled: false,
  args: { from: field.number(0.7).infotext('From') },
  setup() {},
}) as ExtensionDefinition;

describe('fields', () => {
  it('are zod schemas with a default', () => {
    expect(field.number(0.5).parse(undefined)).toBe(0.5);
    expect(field.number(0.5, { max: 1 }).safeParse(2).success).toBe(false);
    expect(field.integer(3).safeParse(2.5).success).toBe(false);
    expect(field.boolean().parse(undefined)).toBe(false);
    expect(field.choice(['a', 'b'], 'b').parse(undefined)).toBe('b');
    expect(field.choice({ source: 'upscaler' }, 'None').parse('Lanczos')).toBe('Lanczos');
    expect(field.list(field.number(1)).parse(undefined)).toEqual([]);
    expect(field.model('lora').parse(undefined)).toBe('');
    expect(field.prompt('x').parse(undefined)).toBe('x');
  });

  it('keep label, infotext key and description in any order', () => {
    const expected = { title: 'From', infotext: 'Sharpen from', description: 'When', step: 0.1 };
    const range = { step: 0.1 };
    expect(fieldMeta(field.number(1, range).label('From').infotext('Sharpen from').describe('When'))).toEqual(expected);
    expect(fieldMeta(field.number(1, range).describe('When').infotext('Sharpen from').label('From'))).toEqual(expected);
    expect(fieldMeta(field.number(1, range).label('From').infotext('Sharpen from').describe('When').optional())).toEqual(expected);
  });

  it('labelling makes a new field', () => {
    const plain = field.number(1);
    plain.infotext('Key');
    expect(fieldMeta(plain).infotext).toBeUndefined();
  });

  it('an image is a raster or null', () => {
    const raster = new Raster([1, 2, 3], { width: 1, height: 1, channels: 3 });
    expect(field.image().parse(raster)).toBe(raster);
    expect(field.image().parse(undefined)).toBeNull();
    expect(field.image().safeParse('text').success).toBe(false);
  });
});

describe('arguments of a request', () => {
  it('get their defaults and `enabled`', () => {
    expect(defaultArgs(definition)).toEqual({ enabled: true, from: 0.7, passes: 1, edges: false, mode: 'soft', mask: null, words: [] });
    expect(parseArgs(id, definition, undefined).enabled).toBe(true);
    expect(parseArgs(id, definition, { enabled: false }).enabled).toBe(false);
  });

  it('naming an extension that is off by default switches it on', () => {
    expect(parseArgs('a.off', offByDefault, undefined).enabled).toBe(false);
    expect(parseArgs('a.off', offByDefault, { from: 0.1 })).toEqual({ enabled: true, from: 0.1 });
    expect(parseArgs('a.off', offByDefault, { from: 0.1, enabled: false }).enabled).toBe(false);
  });

  it('an extension with a required argument is off until it is named', () => {
    const needs = defineExtension({ args: { path: z.string() }, setup() {} }) as ExtensionDefinition;
    expect(parseArgs('a.needs', needs, undefined)).toEqual({ enabled: false });
    expect(parseArgs('a.needs', needs, { path: 'x' })).toEqual({ enabled: true, path: 'x' });
    expect(() => parseArgs('a.needs', needs, {})).toThrow(/extensions\.a\.needs\.path/);
  });

  it.each([
    [{ from: 7 }, /extensions\.acme\.late-sharpen\.from: .*\(seen: 7\)/],
    [{ form: 1 }, /\.form: no such argument, known are enabled, from/],
    [{ mode: 'loud' }, /\.mode/],
  ])('refuses %j by name', (given, message) => {
    expect(() => parseArgs(id, definition, given)).toThrow(message);
  });

  it('pictures in base64 are decoded first', async () => {
    const raster = new Raster([1, 2, 3], { width: 1, height: 1, channels: 3 });
    const seen: number[][] = [];
    const decode = async (bytes: Uint8Array): Promise<Raster> => {
      seen.push([...bytes]);
      return raster;
    };
    expect(await decodeImages(id, definition, { mask: 'data:image/png;base64,AQID', from: 1 }, decode)).toEqual({ mask: raster, from: 1 });
    expect(await decodeImages(id, definition, { mask: '' }, decode)).toEqual({ mask: null });
    expect(seen).toEqual([[1, 2, 3]]);
    await expect(decodeImages(id, definition, { mask: 'C:\\picture.png' }, decode)).rejects.toThrow(/late-sharpen\.mask: is not a picture/);
  });
});

describe('JSON Schema', () => {
  it('carries type, range, default and what forms need', () => {
    expect(toJsonSchema(id, definition.args ?? {})).toMatchObject({
      type: 'object',
      additionalProperties: false,
      properties: {
        from: { type: 'number', minimum: 0, maximum: 1, default: 0.7, title: 'From', infotext: 'Sharpen from', step: 0.05 },
        mode: { enum: ['soft', 'hard'], default: 'soft' },
        mask: { type: 'string', contentEncoding: 'base64', widget: 'image' },
        words: { type: 'array', items: { type: 'string' } },
      },
    });
  });

  it.each([
    ['a date', z.date()],
    ['a function', z.custom<() => void>()],
    ['a map', z.map(z.string(), z.string())],
  ])('%s has none, and the field is named', (_name, schema) => {
    expect(() => toJsonSchema(id, { when: schema })).toThrow(/acme\.late-sharpen: when has no JSON form/);
  });
});

describe('infotext', () => {
  const round = (given: object): unknown =>
    argsFromInfotext(id, definition, argsToInfotext(id, definition, parseArgs(id, definition, { ...given })));

  it('holds what is not the default, once', () => {
    const text = argsToInfotext(id, definition, parseArgs(id, definition, { from: 0.5, edges: true, mode: 'soft' }));
    expect([...text]).toEqual([
      ['Sharpen from', '0.5'],
      ['Sharpen edges', 'True'],
    ]);
    expect(argsToInfotext(id, definition, defaultArgs(definition)).size).toBe(0);
  });

  it.each([[{ from: 0.25, passes: 3, edges: true, mode: 'hard', words: ['a, b', 'c'] }], [{ enabled: false }]])(
    'reads back what it wrote: %j',
    (given) => {
      expect(round(given)).toEqual(given);
    },
  );

  it('says on or off when that is not the default', () => {
    expect([...argsToInfotext(id, definition, parseArgs(id, definition, { enabled: false, from: 0.1 }))]).toEqual([
      ['Late sharpen', 'off'],
    ]);
    expect([...argsToInfotext('a.not-on', offByDefault, parseArgs('a.not-on', offByDefault, {}))]).toEqual([['Not on', 'on']]);
    expect(argsFromInfotext('a.not-on', offByDefault, new Map([['Not on', 'on']]))).toEqual({ enabled: true });
  });

  it('with a key for enabled holds all, once it is on', () => {
    const told = { ...definition, enabled: false, a1111: { title: 'Sharper', positional: [], enabledKey: 'Sharper enabled' } } as const;
    const text = argsToInfotext(id, told, parseArgs(id, told, { from: 0.5 }));
    expect([...text].slice(0, 2)).toEqual([
      ['Sharper enabled', 'True'],
      ['Sharpen from', '0.5'],
    ]);
    expect([...text.keys()]).toEqual([...infotextKeys(id, told).keys()]);
    expect(argsFromInfotext(id, told, text)).toMatchObject({ enabled: true, from: 0.5 });
    expect(argsToInfotext(id, told, parseArgs(id, told, { enabled: false, from: 0.5 })).size).toBe(0);
    const always = { ...told, enabled: true };
    expect([...argsToInfotext(id, always, parseArgs(id, always, { enabled: false }))]).toEqual([['Sharper enabled', 'False']]);
  });

  it('of a picture without it gives nothing', () => {
    expect(argsFromInfotext(id, definition, new Map([['Steps', '20']]))).toBeUndefined();
  });
});

describe('command line', () => {
  it('has a flag for each argument, without the owner, typed', () => {
    const flags = argFlags([{ id, definition }]);
    expect(flags.map((each) => each.flag)).toContain('late-sharpen.from');
    const byName = new Map(flags.map((each) => [each.argument, each]));
    expect(byName.get('from')).toMatchObject({ extension: id, type: 'number', description: 'When to begin', defaultValue: 0.7 });
    expect(byName.get('mode')?.choices).toEqual(['soft', 'hard']);
    expect(byName.get('from')?.parse('0.6')).toBe(0.6);
    expect(byName.get('edges')?.parse('true')).toBe(true);
    expect(byName.get('words')?.parse('["a"]')).toEqual(['a']);
    expect(() => parseArgs(id, definition, { from: byName.get('from')?.parse('many') })).toThrow(/seen: "many"/);
  });

  it('keeps the owner where two share a name', () => {
    const flags = argFlags([
      { id: 'a.same', definition: offByDefault },
      { id: 'b.same', definition: offByDefault },
    ]);
    expect(flags.map((each) => each.flag)).toEqual(['a.same.enabled', 'a.same.from', 'b.same.enabled', 'b.same.from']);
  });
});

describe('alwayson_scripts of webui clients', () => {
  it('are read by position or by name', () => {
    expect(alwaysonArgs(id, definition, [true, 0.5])).toEqual({ enabled: true, from: 0.5 });
    expect(alwaysonArgs(id, definition, [true, null, 'hard'])).toEqual({ enabled: true, mode: 'hard' });
    expect(alwaysonArgs(id, definition, { from: 0.5 })).toEqual({ from: 0.5 });
    expect(hasScriptTitle(definition, 'late SHARPEN')).toBe(true);
    expect(hasScriptTitle(offByDefault, 'late sharpen')).toBe(false);
  });

  it.each([[[true, 1, 'hard', 'x']], ['text'], [undefined]])('refuse %j', (args) => {
    expect(() => alwaysonArgs(id, definition, args)).toThrow(/alwayson_scripts\.Late sharpen\.args/);
  });
});

describe('documentation table', () => {
  it('has a row for each field', () => {
    const [, , from, passes, , mode] = fieldTable(definition.args ?? {}).split('\n');
    expect(from).toBe('| `from` | number, 0 to 1 | `0.7` | Sharpen from | When to begin |');
    expect(passes).toBe('| `passes` | integer, from 1 | `1` | Sharpen passes |  |');
    expect(mode).toContain('`soft`, `hard`');
  });
});
