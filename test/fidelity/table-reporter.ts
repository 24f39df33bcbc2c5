import type { Reporter, TestCase, TestModule } from 'vitest/node';
import type { CaseScore } from './case-score.js';
import { recordedTests } from './recorded-tests.js';

const decibels = (value: number): string => (value === Number.POSITIVE_INFINITY ? 'equal' : `${value.toFixed(1)} dB`);
const sum = (scores: readonly CaseScore[], of: (score: CaseScore) => number): number =>
  scores.reduce((total, score) => total + of(score), 0);

/** One line of the table: group, cases, within tolerance, lowest picture, texts that differ. */
function row(group: string, scores: readonly CaseScore[]): readonly string[] {
  const cases = sum(scores, (score) => score.cases);
  const later = scores[0]?.later;
  if (later !== undefined) return [group, `${cases}`, `issue ${later}`, '', ''];
  const within = `${sum(scores, (score) => score.within)}`;
  const pictures = scores.filter((score) => score.psnr !== undefined).sort((a, b) => (a.psnr ?? 0) - (b.psnr ?? 0));
  const [worst] = pictures;
  if (!worst) return [group, `${cases}`, within, '', ''];
  const off = sum(scores, (score) => score.infotextsOff ?? 0);
  return [group, `${cases}`, within, `${decibels(worst.psnr ?? 0)} (${worst.name})`, `${off}`];
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0))) ?? [];
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** What a test left behind, or the test itself where it compares something recorded. */
function scoresOf(test: TestCase): readonly CaseScore[] {
  const path = Object.keys(recordedTests).find((file) => test.module.moduleId.endsWith(file));
  if (path === undefined) return test.meta().fidelity ?? [];
  const { state } = test.result();
  const within = state === 'passed' ? 1 : 0;
  return state === 'skipped' ? [] : [{ group: recordedTests[path] ?? '', name: test.fullName, cases: 1, within }];
}

/** Prints what tests left under `task.meta.fidelity` as one table, with the share that lies within the tolerance. */
export class TableReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const scores = modules.flatMap((module) => [...module.children.allTests()].flatMap(scoresOf));
    if (scores.length === 0) return;
    const groups = [...new Set(scores.map((score) => (score.later === undefined ? score.group : `${score.group}/${score.name}`)))].sort();
    const rows = groups.map((name) => {
      const mine = scores.filter((score) => (score.later === undefined ? score.group === name : `${score.group}/${score.name}` === name));
      return row(name.replace(/\/$/, ''), mine);
    });
    const run = scores.filter((score) => score.later === undefined);
    const [cases, within] = [sum(run, (score) => score.cases), sum(run, (score) => score.within)];
    const heads = ['group', 'cases', 'within', 'lowest PSNR', 'texts off'];
    console.log(`\nThe same picture as the original\n${aligned([heads, ...rows])}`);
    const outside = run.filter((score) => score.within < score.cases).map((score) => `${score.group}/${score.name}`);
    if (outside.length > 0) console.log(`outside: ${outside.join(', ')}`);
    console.log(`pooled: ${within} of ${cases} within tolerance (${((100 * within) / cases).toFixed(2)} %)`);
  }
}
