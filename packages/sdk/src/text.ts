/** Words shown to people: English, or one text for each language, English among them. Keys are BCP 47 tags: `en`, `de`, `pt-BR`. */
export type Text = string | { readonly en: string; readonly [language: string]: string };

/** The text in a language, else in the same language of another region, else in English. `locale`: `de-AT`, `pt_BR`. */
export function localise(text: Text, locale = 'en'): string {
  if (typeof text === 'string') return text;
  const wanted = locale.toLowerCase().replaceAll('_', '-');
  const tongue = wanted.split('-')[0];
  const found = (fits: (tag: string) => boolean): string | undefined =>
    text[Object.keys(text).find((tag) => fits(tag.toLowerCase())) ?? ''];
  return found((tag) => tag === wanted) ?? found((tag) => tag === tongue) ?? found((tag) => tag.split('-')[0] === tongue) ?? text.en;
}
