// Both files as they are to be, and whether the agent will take them. Pure.
import { sayProblems } from '../../../shared/issues.ts';
import { readConfig } from '../../config.ts';
import { type FileSettings, emptyFile, readFileSettings } from '../../config/file.ts';
import { type Writing, editYaml, readYaml } from '../../config/yaml.ts';
import { type Answers, type ProofAnswer, Refusal, type UplinkAnswer } from './answers.ts';
import { inOwnHand } from './changes.ts';
import { envTextWith, variablesOf } from './env-text.ts';
import { yamlComments, yamlEntries, yamlHeader } from './yaml-entries.ts';

export interface Texts {
  env: string | null;
  yaml: string | null;
}

const says = (text: string): string => JSON.stringify(readYaml(text));

/** Null where the file's own lines and the new ones don't go together, such as by their indents. */
function ownWriting(before: string, edited: { text: string; writings: readonly Writing[] }): string | null {
  const wanted = says(edited.text);
  for (const { plain, text } of edited.writings) {
    const own = inOwnHand(before, plain, text);
    if (own !== null && says(own) === wanted) return own;
  }
  return null;
}

/** The file's text with the answers in it. Throws Refusal where something else stands in their place. */
export function yamlTextWith(text: string | null, answers: Answers, former: FileSettings): string {
  const entries = yamlEntries(answers, former);
  if (entries.length === 0) return text ?? yamlHeader;
  const before = (text ?? yamlHeader).replaceAll('\r\n', '\n');
  const edited = editYaml(before, entries, yamlComments(answers));
  if (!edited.ok) throw new Refusal(`the YAML file: ${sayProblems(edited.problems)}`);
  const after = text === null ? edited.text : (ownWriting(before, edited) ?? edited.text);
  return text?.includes('\r\n') === true ? after.replaceAll('\n', '\r\n') : after;
}

/** What the agent would find wrong with the texts, as it reads them; empty where it takes them. */
export function problemsWith(texts: Texts, paths: { env: string; yaml: string }): string[] {
  const read = readConfig(
    {},
    {
      envFile: paths.env,
      read: (path) => (path === paths.env ? texts.env : texts.yaml),
    },
  );
  return read.ok ? [] : read.problems.map((problem) => sayProblems([problem]));
}

/** What is to be written. Throws Refusal where the agent would not start by it. */
export function composeTexts(
  answers: Answers,
  existing: Texts & { settings: FileSettings },
  paths: { env: string; yaml: string },
): { env: string; yaml: string } {
  const env = envTextWith(existing.env, variablesOf(answers, paths.yaml));
  const yaml = yamlTextWith(existing.yaml, answers, existing.settings);
  const problems = problemsWith({ env, yaml }, paths);
  if (problems.length > 0) {
    throw new Refusal(`the agent would not take what was to be written:\n  ${problems.join('\n  ')}`);
  }
  return { env, yaml };
}

/** Uplinks as the agent would read them; or what is wrong with them. */
export function settingsOf(uplinks: readonly UplinkAnswer[]): FileSettings | string {
  const entries = yamlEntries({ ...noAnswers, uplinks }, emptyFile);
  const edited = editYaml('', entries, {});
  const read = edited.ok ? readFileSettings(edited.text) : edited;
  return read.ok ? read.settings : sayProblems(read.problems.slice(0, 1));
}

/** What is wrong with a monitor by these uplinks; null where nothing is. */
export function proofProblem(uplinks: readonly UplinkAnswer[], proof: ProofAnswer): string | null {
  const edited = editYaml('', yamlEntries({ ...noAnswers, uplinks, proof }, emptyFile), {});
  const read = edited.ok ? readFileSettings(edited.text) : edited;
  return read.ok ? null : sayProblems(read.problems.slice(0, 1));
}

const noAnswers: Answers = {
  deviceName: 'agent',
  uplinks: [],
  failover: 'off',
  proof: null,
  broker: { url: null, port: 1883, username: null, password: null, caFile: null },
  homeAssistantPrefix: 'homeassistant',
  bridge: { address: '127.0.0.1', port: 8080, token: null },
};
