// imon's configuration of an instance as uplinks, failover, monitors and actions. Pure.
import { basename } from 'node:path';
import { isRecord } from '../../../shared/record.ts';
import { parseWith } from '../../../shared/issues.ts';
import { actionsOf } from './imon/actions.ts';
import { failoverOf } from './imon/failover.ts';
import { monitorsOf } from './imon/monitors.ts';
import { File, imonKeys, keysOf } from './imon/shape.ts';
import { block, yamlText } from './lines.ts';
import { type Circumstances, type Lost, type Move, endWords, strangers } from './moved.ts';

/** As imon was told it: the end of the file's name, then what the file says. */
export function instanceOf(
  { instance, file }: Pick<Circumstances, 'file' | 'instance'>,
  said: string,
): string {
  const [, ofName] = /^imon-(.+)$/.exec(basename(file)) ?? [];
  return instance ?? ofName ?? (said === '' ? 'main' : said);
}

const whyLost: Readonly<Record<string, string>> = {
  datefmt: 'the log has its own times, and the journal shows them as it is asked to',
  debug: 'it made up public addresses; LOG_LEVEL=debug in agent.env makes the log talkative',
  'imon-configure-version': 'says nothing of what is to be done',
  'imon-configure-created': 'says nothing of what is to be done',
};

function lostOf(content: object, file: File): Lost[] {
  const global = Object.entries(file.global).flatMap(([key, value]) => {
    const why = whyLost[key];
    return why === undefined || value === '' || value === false ? [] : [{ key: `global.${key}`, why }];
  });
  const ofSections = Object.entries(content).flatMap(([section, keys]: [string, unknown]) =>
    isRecord(keys) && keysOf[section] !== undefined
      ? strangers(keys, keysOf[section], `${section}.`, 'imon')
      : [],
  );
  return [...global, ...strangers(content, imonKeys, '', 'imon'), ...ofSections];
}

const isEnabled = ({ updown, ddns, failover, ping }: File): boolean =>
  [updown, ddns, failover, ping].some((section) => section?.enable === true);

const nothingEnabled =
  'No monitor is enabled: imon would not have started; here the agent runs, and asks nobody.';

function head({ file, instance }: { file: string; instance: string }, note: string): string[] {
  return [
    `Made by pathproof import imon from ${file} (instance ${instance}). Behind each key stands the one it comes from.`,
    'Where no key is, it says why: "it" is imon.',
    ...(note === '' ? [] : [`note: ${note}`]),
  ];
}

export function moveImon(
  content: Record<string, unknown>,
  circumstances: Circumstances,
  odd: readonly string[],
): Move {
  const parsed = parseWith(File, content);
  if (!parsed.ok) return parsed;
  const file = parsed.value;
  const instance = instanceOf(circumstances, file.global.instance);
  const { ddns } = content;
  const monitors = monitorsOf(file, isRecord(ddns) ? ddns : {});
  const failover = failoverOf(file.failover);
  const problems = [...monitors.problems, ...failover.problems];
  if (problems.length > 0) return { ok: false, problems };
  const present = [...monitors.lines, ...failover.sections].map(({ key }) => key);
  const actions = actionsOf(file.global.action, instance, present, circumstances);
  const lost = [...lostOf(content, file), ...monitors.lost, ...failover.lost];
  const otherwise = [
    ...odd,
    ...(isEnabled(file) ? [] : [nothingEnabled]),
    ...monitors.otherwise,
    ...failover.otherwise,
  ];
  const sections = [
    ...failover.sections,
    ...(monitors.lines.length === 0 ? [] : [block('monitors', monitors.lines)]),
    ...actions.sections,
  ];
  const text = yamlText(
    head({ file: circumstances.file, instance }, file.global.note),
    sections,
    endWords(lost, otherwise),
  );
  return { ok: true, moved: { text, lost, otherwise, programs: actions.programs } };
}
