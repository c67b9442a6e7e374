// ping-tool's .env as agent.env. Pure.
import { isAgentName } from '../../../shared/topics.ts';
import { quotedValue, unwritable } from '../../config/env-file.ts';
import { printableLine } from '../terminal.ts';
import { readForeignEnv } from './env-text.ts';
import { type Circumstances, type Lost, type Move, endWords } from './moved.ts';

/** Taken over as they stand, and those that are known and are not. */
const taken = ['DEVICE_NAME', 'SERVER_ADDRESS', 'SERVER_PORT', 'IPINFO_TOKEN', 'SYSLOG_ADDRESS'];
const whyLost: Readonly<Record<string, string>> = {
  APP_NAME: 'the log is told from others by DEVICE_NAME and by its unit',
  SUPERVISOR_ENABLED: 'systemd starts it again (Restart=on-failure)',
};
/** By these a file is known as ping-tool's. */
export const pingToolNames: readonly string[] = [...taken, ...Object.keys(whyLost)];

const always = [
  'Probes of Uptime Kuma go on as they are, with the same headers (Host, Source, MinLatencyMs, RouteIncludeCsv, ' +
    'RouteExcludeCsv, HopsMustIncludeOrg, HopsMustExcludeOrg).',
  'A target that does not answer fails, with or without MinLatencyMs; a path that there is not is 404.',
  'A silent hop might be one that must not be there: RouteExcludeCsv and HopsMustExcludeOrg pass with it only as far as ' +
    'MaxSilentHops allows.',
];

const isLoopback = (address: string): boolean => address === 'localhost' || /^(127\.|::1$)/.test(address);
const open = [
  'Whoever can reach it may ask, as before. Better: BRIDGE_TOKEN=… in its place, and the token in each probe',
  '(bearer token, or password of basic authentication).',
];
const lowPort =
  'SERVER_PORT is below 1024: the service needs CAP_NET_BIND_SERVICE beside CAP_NET_RAW, or another port.';

interface Setting {
  name: string;
  value: string;
  comments: readonly string[];
}

function settingOf(name: string, value: string, fitName: (text: string) => string): Setting | Lost {
  if (name === 'DEVICE_NAME' && !isAgentName(value)) {
    return { name, value: fitName(value), comments: [`ping-tool: ${name}, made fit for a topic`] };
  }
  if (name === 'SYSLOG_ADDRESS' && !value.startsWith('udp:')) {
    return { key: name, why: 'only udp://HOST:PORT is sent to; the journal has the log anyway' };
  }
  return { name, value, comments: [`ping-tool: ${name}`] };
}

function settingsOf(values: ReadonlyMap<string, string>, fitName: (text: string) => string) {
  const given = taken.flatMap((name): [string, string][] => {
    const value = values.get(name) ?? '';
    return value === '' ? [] : [[name, value]];
  });
  const read = given.map(([name, value]) => settingOf(name, value, fitName));
  const settings = read.filter((one): one is Setting => 'name' in one);
  const address = values.get('SERVER_ADDRESS') ?? '';
  if (address !== '' && !isLoopback(address))
    settings.push({ name: 'BRIDGE_OPEN', value: 'true', comments: open });
  const others = [...values.keys()].filter((name) => !taken.includes(name));
  const lost = [
    ...read.filter((one): one is Lost => 'key' in one),
    ...others.map((key) => ({ key, why: whyLost[key] ?? "no variable of ping-tool's" })),
  ];
  return { settings, lost };
}

/** `fitName` makes a device's name of any text. */
export function movePingTool(text: string, { file }: Circumstances, fitName: (text: string) => string): Move {
  const { values, problems } = readForeignEnv(text);
  if (problems.length > 0) return { ok: false, problems };
  const { settings, lost } = settingsOf(values, fitName);
  const unfit = settings.filter(({ value }) => quotedValue(value) === null);
  if (unfit.length > 0)
    return { ok: false, problems: unfit.map(({ name }) => ({ path: name, message: unwritable })) };
  const port = Number(values.get('SERVER_PORT') ?? '');
  const otherwise = [
    ...always,
    ...(settings.some(({ name }) => name === 'BRIDGE_OPEN') ? [open.join(' ')] : []),
    ...(port > 0 && port < 1024 ? [lowPort] : []),
  ];
  const comments = (texts: readonly string[]): string[] => texts.map((one) => `# ${printableLine(one)}`);
  const lines = [
    ...comments([`Made by pathproof import ping-tool from ${file}.`]),
    ...settings.flatMap(({ name, value, comments: about }) => [
      ...comments(about),
      `${name}=${quotedValue(value)}`,
    ]),
    '',
    ...comments(endWords(lost, otherwise)),
  ];
  return { ok: true, moved: { text: `${lines.join('\n')}\n`, lost, otherwise, programs: [] } };
}
