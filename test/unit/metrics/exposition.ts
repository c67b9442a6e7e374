// A strict reader of the text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats): throws at what a
// scraper might still forgive.

export interface Family {
  type: string;
  help: string;
  /** By the sample's name and labels, as `name{a="b"}`. */
  samples: Map<string, number>;
}

const name = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const label = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
const sampleLine = new RegExp(`^((${name})(?:\\{${label}(?:,${label})*\\})?) (\\S+)$`);
const metaLine = new RegExp(`^# (HELP|TYPE) (${name}) (.+)$`);
const number = /^(?:[+-]?Inf|NaN|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;
const types = ['counter', 'gauge', 'histogram'];

const asNumber = (text: string): number => Number(text.replace('Inf', 'Infinity'));

function meta(line: string, families: Map<string, Family>): Family {
  const [, what, of = '', words = ''] = metaLine.exec(line) ?? [];
  const known = families.get(of);
  if (what === 'HELP' && known === undefined) {
    const family = { type: '', help: words, samples: new Map() };
    families.set(of, family);
    return family;
  }
  if (what !== 'TYPE' || known?.type !== '' || !types.includes(words))
    throw new Error(`out of place: ${line}`);
  known.type = words;
  return known;
}

const suffixes: Record<string, string> = { counter: '', gauge: '', histogram: '(?:_bucket|_sum|_count)' };

export function families(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const found = new Map<string, Family>();
  let now: Family | null = null;
  for (const line of text.split('\n').filter((one) => one !== '')) {
    if (line.startsWith('#')) {
      now = meta(line, found);
      continue;
    }
    const [, whole = '', sample = '', value = ''] = sampleLine.exec(line) ?? [];
    const of = [...found].find(([, family]) => family === now)?.[0] ?? '';
    if (now === null || now.type === '' || !new RegExp(`^${of}${suffixes[now.type]}$`).test(sample))
      throw new Error(`belongs to no family: ${line}`);
    if (!number.test(value)) throw new Error(`no number: ${line}`);
    if (now.samples.has(whole)) throw new Error(`twice: ${line}`);
    now.samples.set(whole, asNumber(value));
  }
  return found;
}
