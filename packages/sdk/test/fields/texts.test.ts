import { defineExtension, field, localise } from '@armature/sdk';
import { fieldJsonSchema, localiseSchema, toJsonSchema } from '@armature/sdk/host';
import { describe, expect, it } from 'vitest';

describe('a text', () => {
  const text = { en: 'Strength', de: 'Stärke', 'pt-BR': 'Força' };

  it.each([
    ['en', 'Strength'],
    ['de', 'Stärke'],
    ['de_AT', 'Stärke'],
    ['DE-ch', 'Stärke'],
    ['pt-BR', 'Força'],
    ['pt', 'Força'],
    ['pt-PT', 'Força'],
    ['ja', 'Strength'],
    ['toString', 'Strength'],
  ])('in %s', (locale, expected) => {
    expect(localise(text, locale)).toBe(expected);
    expect(localise('Plain', locale)).toBe('Plain');
  });
});

describe('fields', () => {
  const amount = field
    .number(0.4, { min: 0, max: 2 })
    .label({ en: 'Amount', de: 'Menge' })
    .describe({ en: 'How much', fr: 'Combien' })
    .infotext('Amount');

  it('say English where JSON Schema has its words, and keep the rest beside', () => {
    expect(fieldJsonSchema(amount)).toMatchObject({ title: 'Amount', description: 'How much', infotext: 'Amount', maximum: 2 });
    const plain = fieldJsonSchema(amount.label('Just this'));
    expect(plain).toMatchObject({ title: 'Just this', description: 'How much', texts: { description: { fr: 'Combien' } } });
    expect(plain.texts).not.toHaveProperty('title');
    expect(fieldJsonSchema(field.number(1).label('One'))).not.toHaveProperty('texts');
  });

  it('of an extension are told in one language, with English for what is missing', () => {
    const extension = defineExtension({ args: { amount, name: field.text('x').label('Name') }, setup() {} });
    const schema = toJsonSchema('a.a', extension.args ?? {});
    expect(localiseSchema(schema, 'de')).toMatchObject({
      type: 'object',
      properties: { amount: { title: 'Menge', description: 'How much', maximum: 2 }, name: { title: 'Name' } },
    });
    expect(localiseSchema(schema, 'fr-CA')).toMatchObject({ properties: { amount: { title: 'Amount', description: 'Combien' } } });
    expect(JSON.stringify(localiseSchema(schema, 'de'))).not.toContain('texts');
  });
});
