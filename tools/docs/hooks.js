/** Writes the tables of docs/hooks from the hook catalogue: `node tools/docs/hooks.js [--check]` (after `npm run build`). */
import { readdirSync } from 'node:fs';
import { hookCatalogue } from '../../packages/sdk/dist/hooks/catalogue.js';
import { hookDocs } from '../../packages/sdk/dist/hooks/hook-docs.js';
import { generatedBlock, report, repositoryPath } from './generated-block.js';

const names = Object.entries(hookCatalogue).flatMap(([phase, hooks]) => Object.keys(hooks).map((hook) => `${phase}.${hook}`));
const link = (name, phase) =>
  name === undefined ? '–' : name.startsWith(`${phase}.`) ? `\`${name}\`` : `[\`${name}\`](${name.split('.')[0]}.md)`;

function kindOf({ kind, sync, structural, always }) {
  const notes = [sync && 'sync', structural && 'structural', always && 'always runs'].filter(Boolean);
  return notes.length > 0 ? `${kind} (${notes.join(', ')})` : kind;
}

function table(phase) {
  const rows = Object.entries(hookCatalogue[phase]).map(([hook, declaration]) => {
    const name = `${phase}.${hook}`;
    const at = names.indexOf(name);
    const { type, a1111, since, summary } = hookDocs[phase][hook];
    const cells = [
      `\`${name}\``,
      `\`${type}\``,
      kindOf(declaration),
      link(names[at - 1], phase),
      link(names[at + 1], phase),
      a1111 || '–',
      since,
      summary,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| Hook | Type | Kind | Previous | Next | A1111 | Since | When |', '|---|---|---|---|---|---|---|---|', ...rows].join('\n');
}

const phases = Object.keys(hookCatalogue);
const strangers = readdirSync(repositoryPath('docs/hooks')).filter(
  (file) => file !== 'README.md' && !phases.includes(file.replace(/\.md$/, '')),
);
report([
  ...phases.map((phase) => generatedBlock(`docs/hooks/${phase}.md`, table(phase))),
  ...strangers.map((file) => `docs/hooks/${file} belongs to no phase`),
]);
