// imon's updown, ddns and ping as monitors. Pure.
import { durationWords } from '../../../../shared/duration.ts';
import { canonicalAddress, isLoopback } from '../../../../shared/ip.ts';
import type { FieldProblem } from '../../../../shared/issues.ts';
import { type Line, block, list, set } from '../lines.ts';
import type { Lost } from '../moved.ts';
import { type File, type Ping, type Updown, elements, within } from './shape.ts';

/** What the sections become; the names of the monitors are theirs. */
export interface Monitors {
  lines: Line[];
  lost: Lost[];
  otherwise: string[];
  problems: FieldProblem[];
}

const mostAlsoPing = 8;
const longestMs = 31 * 86_400_000;
const usualTimeoutMs = 10_000;
const spacingMs = 200;

function every({ interval }: { interval: number }): Line {
  const { ms, from } = within('interval', interval, 1000, longestMs);
  return set('every', durationWords(ms), from);
}

const enabled = ({ enable }: { enable: boolean }): Line[] =>
  enable ? [] : [set('enabled', false, 'enable')];

/** Time for all echoes, the last one's wait included. */
function timeoutLine(count: number, waitMs: number): Line[] {
  const wantedMs = (count - 1) * spacingMs + waitMs + 1000;
  return wantedMs <= usualTimeoutMs
    ? []
    : [set('timeoutMs', Math.min(wantedMs, 60_000), 'pingcount and pingwait')];
}

function echoLines({ pingcount, pingwait, monitorip }: Ping): Line[] {
  const { ms: waitMs, from } = within('pingwait', pingwait, 100, 30_000);
  return [
    set('probe', 'ping'),
    set('target', monitorip, 'monitorip'),
    set('count', pingcount, 'pingcount'),
    set('waitMs', waitMs, from),
    ...timeoutLine(pingcount, waitMs),
  ];
}

/** imon asks IPv4 only, and any address that it is told will do. */
const confirmLines = ({ dnsserver, dnslookup }: Updown): Line[] =>
  dnsserver === '' || dnslookup === ''
    ? []
    : [
        list('confirm', [
          [
            set('probe', 'dns'),
            set('target', dnsserver, 'dnsserver'),
            set('name', dnslookup, 'dnslookup'),
            set('expect', { minAnswers: 1 }, 'it wants an address'),
          ],
        ]),
      ];

function updownLine(keys: Updown): Line {
  const also = elements(keys.addping).slice(0, mostAlsoPing);
  return block(
    'updown',
    [
      ...echoLines(keys),
      every(keys),
      set('whileDownEvery', '1s', 'it asks each second while all is silent'),
      set('down', 1, 'one check decides'),
      set('up', 1, 'one check decides'),
      ...confirmLines(keys),
      ...(also.length === 0 ? [] : [set('alsoPing', also, 'addping')]),
      ...enabled(keys),
    ],
    'section updown',
  );
}

function updownLost({ addping, dnsserver, dnslookup }: Updown): Lost[] {
  const tooMany = elements(addping).slice(mostAlsoPing);
  const half = (dnsserver === '') !== (dnslookup === '');
  return [
    ...(tooMany.length === 0
      ? []
      : [
          {
            key: 'updown.addping',
            why: `${mostAlsoPing} at most are asked; left out: ${tooMany.join(', ')}`,
          },
        ]),
    ...(half
      ? [
          {
            key: `updown.${dnsserver === '' ? 'dnslookup' : 'dnsserver'}`,
            why: 'imon wants both of dnsserver and dnslookup',
          },
        ]
      : []),
  ];
}

/** An enabled monitor needs whom to ask; one that is not is left out without. */
function unnamed(section: string, keys: Ping): Pick<Monitors, 'lost' | 'problems'> {
  const path = `${section}.monitorip`;
  return keys.enable
    ? { lost: [], problems: [{ path, message: `is missing; imon's ${section} monitor needs it` }] }
    : { lost: [{ key: section, why: 'is not enabled, and names no monitorip' }], problems: [] };
}

const ddnsLost = (keys: Record<string, unknown>): Lost[] =>
  ['pingcount', 'pingwait']
    .filter((key) => keys[key] !== undefined)
    .map((key) => ({ key: `ddns.${key}`, why: 'imon does not heed it either' }));

const ddnsOtherwise = [
  'The public address is kept over a restart: ddns-ip-update comes when it is another, not at each start.',
  'Other services are asked for it, by STUN first (egress.servers names others); ddns-no-update comes once, not each time.',
];

const isOwn = (host: string): boolean =>
  host === 'localhost' || (canonicalAddress(host) !== null && isLoopback(host));

const loopbackServer =
  'updown.dnsserver is on this machine, which is asked only where ALLOWED_TARGETS in agent.env lists it.';

export function monitorsOf({ updown, ddns, ping }: File, given: Record<string, unknown>): Monitors {
  const made: Monitors = { lines: [], lost: [], otherwise: [], problems: [] };
  const leaveOut = (section: string, keys: Ping): void => {
    const { lost, problems } = unnamed(section, keys);
    made.lost.push(...lost);
    made.problems.push(...problems);
  };
  if (updown !== undefined) {
    if (updown.monitorip === '') leaveOut('updown', updown);
    else made.lines.push(updownLine(updown));
    made.lost.push(...updownLost(updown));
    if (isOwn(updown.dnsserver)) made.otherwise.push(loopbackServer);
  }
  if (ddns !== undefined) {
    made.lines.push(block('ddns', [set('probe', 'egress'), every(ddns), ...enabled(ddns)], 'section ddns'));
    made.lost.push(...ddnsLost(given));
    if (ddns.enable) made.otherwise.push(...ddnsOtherwise);
  }
  if (ping !== undefined) {
    if (ping.monitorip === '') leaveOut('ping', ping);
    else made.lines.push(block('ping', [...echoLines(ping), every(ping), ...enabled(ping)], 'section ping'));
  }
  return made;
}
