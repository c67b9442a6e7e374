// agent.env: NAME=value, line by line. The same file may be systemd's EnvironmentFile: what the two would read
// differently is refused. Node's own parseEnv is not used: it cuts values at a #, and a line without = swallows the
// next. No value is ever shown: it may be a secret.
import type { FieldProblem } from '../../shared/issues.ts';
import { nearest } from '../../shared/nearest.ts';
import { variableNames } from './env.ts';

const assignment = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/s;

/** A value as it is meant, without its quotes; or why it can't be read. */
function readValue(text: string): { value: string } | { message: string } {
  const quote = /^["'`]/.exec(text)?.[0];
  if (quote === undefined) {
    const message = 'has a # in its value; put it in quotes, and a comment on its own line';
    return text.includes('#') ? { message } : { value: text };
  }
  const end = text.indexOf(quote, 1);
  if (end < 0) return { message: `begins with ${quote} and does not end with it on the same line` };
  if (end < text.length - 1) return { message: `goes on after its closing ${quote}` };
  return { value: text.slice(1, end) };
}

/**
 * A value as agent.env and systemd's EnvironmentFile read it alike; null where no quotes do. systemd reads \, $ and `
 * within double quotes as more than they are.
 */
export function quotedValue(value: string): string | null {
  if (/[\0\r\n]/.test(value)) return null;
  if (/^[\w./:@,+=~-]*$/.test(value)) return value;
  if (!/["\\$`]/.test(value)) return `"${value}"`;
  return value.includes("'") ? null : `'${value}'`;
}

/** Said of such a value, behind its name. */
export const unwritable = "can't be written to agent.env: it has ' beside one of \" \\ $ `, or a line's end";

const unknown = (name: string): string => {
  const meant = nearest(name, variableNames);
  return meant === null ? 'is not known (agent.env.example has all there are)' : didYouMean(meant);
};
const didYouMean = (meant: string): string => `is not known; did you mean ${meant}?`;

/** What the file sets, and every line of it that says nothing the agent knows. `path` is how problems call the file. */
export function readEnvText(
  text: string,
  path: string,
): { variables: NodeJS.Dict<string>; problems: FieldProblem[] } {
  const variables: NodeJS.Dict<string> = {};
  const problems: FieldProblem[] = [];
  const refuse = (place: string, message: string): void =>
    void problems.push({ path: `${path} ${place}`, message });
  // Editors on Windows begin a file with a byte order mark.
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, given = ''] = assignment.exec(line) ?? [];
    const read = readValue(given);
    if (name === undefined) refuse(`line ${index + 1}`, 'is neither NAME=value nor a comment (#) nor blank');
    else if (!variableNames.includes(name)) refuse(name, unknown(name));
    else if (Object.hasOwn(variables, name)) refuse(name, 'is given twice');
    else if ('message' in read) refuse(name, read.message);
    else variables[name] = read.value;
  }
  return { variables, problems };
}

const ownPrefixes = /^(SERVER|BRIDGE|MQTT|EMBEDDED|PROBE|HOP|ALLOWED|IPINFO|CYMRU|ASN|SYSLOG|HOMEASSISTANT)_/;

/** Of the environment, whose other variables are somebody else's business: those that are nearly one of ours. */
export function misspeltVariables(environment: NodeJS.Dict<string>): FieldProblem[] {
  return Object.keys(environment).flatMap((name) => {
    if (variableNames.includes(name) || !ownPrefixes.test(name)) return [];
    const meant = nearest(name, variableNames);
    return meant === null ? [] : [{ path: name, message: didYouMean(meant) }];
  });
}
