// What is seen of a probe while it runs: ping's line for each echo, and a traceroute's table of hops, drawn anew in place.
import type { Kind } from '../../../shared/request.ts';
import type { Via } from '../../../shared/result.ts';
import type { Echo, EchoAnswer } from '../../packet/index.ts';
import { familyOf } from '../../../shared/ip.ts';
import { unreachableWords } from '../../probe/unreachable.ts';
import { type Region, printable } from '../terminal.ts';
import { type HopRow, routeLines } from './route-lines.ts';
import { type EchoWatcher, isToDestination } from './watched.ts';
import { msWords, targetWords, viaWords } from './words.ts';

/** What is known of a probe before its first packet. */
export interface Subject {
  kind: Kind;
  target: string;
  /** The uplink's name on an interface; null where it is none. */
  uplinkOn(interfaceName: string): string | null;
}

const viaOf = ({ uplinkOn }: Subject, { interfaceName, source }: Echo): Via => ({
  uplink: uplinkOn(interfaceName),
  interface: interfaceName,
  source,
});

const headerBytes = (address: string): number => (familyOf(address) === 6 ? 40 : 20);

/** "PING one.example (192.0.2.1) by lte, eth1, from 192.168.2.10: 56 bytes of payload" */
export const pingHead = (subject: Subject, echo: Echo): string =>
  printable(
    `PING ${targetWords(subject.target, echo.destination)} ${viaWords(viaOf(subject, echo))}: ${echo.payloadBytes} bytes of payload`,
  );

/** What came back for the echo with this number (from 1), in ping's words; null where it was given up. */
export function echoLine(number: number, { waitMs }: Echo, answer: EchoAnswer | null): string | null {
  if (answer === null) return null;
  if (answer.type === 'silence') {
    const why = answer.left === false ? ': it did not leave' : ` within ${Math.round(waitMs)} ms`;
    return `no answer for seq=${number}${why}`;
  }
  const { from, reason, hopLimit, rttMs, bytes } = answer;
  if (answer.type !== 'reply') {
    const words = answer.type === 'timeExceeded' ? 'hop limit used up' : unreachableWords[reason ?? 'other'];
    return `from ${from}: seq=${number} ${words}`;
  }
  const ttl = hopLimit === null ? '' : ` ttl=${hopLimit}`;
  return `${bytes - headerBytes(from)} bytes from ${from}: seq=${number}${ttl} time=${msWords(rttMs)}`;
}

/** Says each echo's answer as it comes. */
export function createPingLines(subject: Subject, say: (line: string) => void): EchoWatcher {
  let count = 0;
  return {
    sent(echo) {
      if (count === 0) say(pingHead(subject, echo));
      count += 1;
      const number = count;
      return (answer) => {
        const line = echoLine(number, echo, answer);
        if (line !== null) say(line);
      };
    },
  };
}

const silentHop = (ttl: number, waiting: boolean): HopRow => ({
  ttl,
  waiting,
  address: null,
  name: null,
  rttMs: null,
  unreachable: null,
  network: null,
  scope: null,
});

function hopFrom(ttl: number, answer: EchoAnswer | null): HopRow {
  if (answer === null || answer.type === 'silence') return silentHop(ttl, false);
  const { from: address, rttMs, reason, mtuBytes, mpls } = answer;
  const unreachable = reason === null ? null : { reason, mtuBytes };
  return { ...silentHop(ttl, false), address, rttMs, unreachable, mpls };
}

/** The hops that are worth showing: up to the path's end as far as it is known, and where it is not, up to the last sent. */
function shownHops(hops: ReadonlyMap<number, HopRow>, ended: ReadonlySet<number>): HopRow[] {
  const end = Math.min(Math.max(0, ...hops.keys()), ...ended);
  return Array.from({ length: end }, (_, index) => hops.get(index + 1) ?? silentHop(index + 1, true));
}

export interface RouteView extends EchoWatcher {
  /** What it shows now. */
  lines(): string[];
}

/** The table as it grows; `changed` is told when it has. */
export function createRouteView(subject: Subject, changed: (lines: string[]) => void): RouteView {
  const hops = new Map<number, HopRow>();
  const ended = new Set<number>();
  let head = '';
  let [asked, answered] = [0, 0];
  let last: number | null = null;
  const lines = (): string[] => [
    head,
    ...routeLines(shownHops(hops, ended)),
    `echoes to the target: ${asked} sent, ${answered} answered${last === null ? '' : `, last ${msWords(last)}`}`,
  ];
  const heardFromTarget = (answer: EchoAnswer | null): void => {
    if (answer?.type !== 'reply') return;
    answered += 1;
    last = answer.rttMs;
  };
  const heardFromHop = (ttl: number, answer: EchoAnswer | null): void => {
    // Of two echoes to one hop the first answer counts.
    if (hops.get(ttl)?.address !== null && hops.has(ttl)) return;
    hops.set(ttl, hopFrom(ttl, answer));
    if (answer !== null && (answer.type === 'reply' || answer.type === 'unreachable')) ended.add(ttl);
  };
  return {
    lines,
    sent(echo) {
      const toTarget = isToDestination(echo);
      head ||= printable(
        `traceroute to ${targetWords(subject.target, echo.destination)} ${viaWords(viaOf(subject, echo))}`,
      );
      if (toTarget) asked += 1;
      else if (!hops.has(echo.hopLimit)) hops.set(echo.hopLimit, silentHop(echo.hopLimit, true));
      changed(lines());
      return (answer) => {
        if (toTarget) heardFromTarget(answer);
        else heardFromHop(echo.hopLimit, answer);
        changed(lines());
      };
    },
  };
}

/** Nobody watches. */
export const unwatched: EchoWatcher = { sent: () => () => undefined };

/** What is shown of a kind while it runs: lines as they come, or a table in a region where there is one. */
export function watcherFor(
  subject: Subject,
  say: (line: string) => void,
  region: Region | null,
): EchoWatcher {
  if (subject.kind === 'ping') return createPingLines(subject, say);
  if (subject.kind === 'traceroute' && region !== null) {
    return createRouteView(subject, (lines) => region.draw(lines));
  }
  return unwatched;
}
