// Bad configurations, a fixture each: it begins with the words (`#! …`) that are told of it.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readConfigFile } from '../../../agent/config.ts';
import { readEnvironment } from '../../../agent/config/env.ts';
import { readEnvText } from '../../../agent/config/env-file.ts';
import { type FieldProblem, sayProblems } from '../../../shared/issues.ts';

const folder = fileURLToPath(new URL('../../fixtures/config/', import.meta.url));
const fixtures = (ending: string): string[] => readdirSync(folder).filter((name) => name.endsWith(ending));
const textOf = (name: string): string => readFileSync(folder + name, 'utf8');

/** The words a fixture announces; where there are none it would be no bad configuration. */
const announced = (name: string): string =>
  textOf(name)
    .split('\n')
    .flatMap((line) => /^#! ?(.*)$/.exec(line)?.[1] ?? [])
    .join('\n');

const toldOf = (problems: readonly FieldProblem[]): string =>
  problems.map((problem) => sayProblems([problem])).join('\n');

function problemsIn(name: string): FieldProblem[] {
  if (name.endsWith('.yaml')) return readConfigFile(folder + name).problems;
  const { variables, problems } = readEnvText(textOf(name), 'agent.env');
  const read = readEnvironment(variables);
  return [...problems, ...(read.ok ? [] : read.problems)];
}

describe('bad variables', () => {
  it.each(fixtures('.env'))('%s', (name) => {
    expect(toldOf(problemsIn(name))).toBe(announced(name));
    expect(announced(name)).not.toBe('');
  });
});

describe('a bad file', () => {
  it.each(fixtures('.yaml'))('%s', (name) => {
    const problems = problemsIn(name);
    expect(problems.map(({ path }) => path)).toEqual(problems.map(() => folder + name));
    expect(problems.map(({ message }) => message).join('\n')).toBe(announced(name));
    expect(announced(name)).not.toBe('');
  });
});

describe('the fixtures', () => {
  it('are many', () => {
    expect(fixtures('.env').length).toBeGreaterThanOrEqual(21);
    expect(fixtures('.yaml').length).toBeGreaterThanOrEqual(21);
  });

  it('hold secrets, and what is told holds none', () => {
    const withSecret = fixtures('.env').filter((name) => /=.*s3cret/.test(textOf(name)));
    expect(withSecret.length).toBeGreaterThan(5);
    const filesWithSecret = fixtures('.yaml').filter((name) => textOf(name).includes('s3cret'));
    expect(filesWithSecret.length).toBeGreaterThan(5);
    for (const name of [...withSecret, ...filesWithSecret]) {
      expect(toldOf(problemsIn(name))).not.toContain('s3cret');
    }
  });
});
