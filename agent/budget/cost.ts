// What the monitors, and the health of metered uplinks on standby, are expected to put on each uplink in 31 days, in bytes of IP as carriers count them. Pure. It is the
// cost of a line that works: what confirms an outage, traces it or runs more often while it lasts is not in it, nor what
// is lost and asked again, nor the names of hops, which are not asked for over metered uplinks.
import { mostRunsIn31Days, parseCron } from '../../shared/cron.ts';
import { type Family, familyOf } from '../../shared/ip.ts';
import { type Kind, type Request, type RequestOf, parseRequest } from '../../shared/request.ts';
import { hostOfTarget, stunServer } from '../../shared/target.ts';

const dayMs = 86_400_000;
const days = 31;

/** IP's head without options, and ICMP's or UDP's of eight bytes. */
const headBytes = (six: boolean): number => (six ? 48 : 28);

const echoBytes = (packetBytes: number, six: boolean): number => headBytes(six) + packetBytes;

/** Its sender quotes as much of the echo as fits (RFC 1812 §4.3.2.3: 576 bytes; RFC 4443 §3.3: 1280). */
const timeExceededBytes = (packetBytes: number, six: boolean): number =>
  Math.min(six ? 1280 : 576, headBytes(six) + echoBytes(packetBytes, six));

/** An assumption: servers that stand in many places are nearer than that, those of one place often farther. */
const assumedHops = 12;

// A name is encoded with a length before each label and the root's behind them (RFC 1035 §3.1).
const questionBytes = (name: string): number => 12 + (name === '.' ? 1 : name.length + 2) + 4;

/** One record, which points back to the question's name: 12 bytes and its data; of a text or a name, 40 are assumed. */
function recordBytes(recordType: string): number {
  if (recordType === 'A') return 12 + 4;
  return 12 + (recordType === 'AAAA' ? 16 : 40);
}

/** A question and its answer, without EDNS as metered uplinks are asked; with it both have 11 bytes more. */
const lookupBytes = (name: string, recordType: string, six: boolean): number =>
  2 * (headBytes(six) + questionBytes(name)) + recordBytes(recordType);

/** A binding request without attributes, an answer with the address alone (RFC 8489 §5, §14.2). */
const stunBytes = (six: boolean): number => headBytes(six) + 20 + headBytes(six) + (six ? 44 : 32);

/** Assumptions: a TCP connection with a small page, and a TLS handshake with a chain of two certificates before it. */
const pageBytes = (url: string): number => (url.startsWith('https:') ? 6000 : 1200);

function hopsBytes({ packetBytes }: RequestOf<'traceroute'>, six: boolean): number {
  return assumedHops * (echoBytes(packetBytes, six) + timeExceededBytes(packetBytes, six));
}

/** One run, without the look-up of its target's name. */
function runBytes(request: Request, target: string, six: boolean): number {
  switch (request.kind) {
    case 'ping':
      return request.count * 2 * echoBytes(request.packetBytes, six);
    case 'traceroute':
      return request.count * 2 * echoBytes(request.packetBytes, six) + hopsBytes(request, six);
    case 'dns':
      return lookupBytes(request.name, request.recordType, six);
    case 'http':
      return pageBytes(target);
    case 'egress':
      return stunServer(target) === null ? pageBytes(target) : stunBytes(six);
  }
}

interface CostedMonitor {
  probe: { kind: Kind; body: Readonly<Record<string, unknown>> };
  schedule: { everyMs: number } | { cron: string };
  enabled: boolean;
}

function runsIn31Days(schedule: CostedMonitor['schedule']): number {
  if ('everyMs' in schedule) return Math.floor((days * dayMs) / schedule.everyMs);
  const read = parseCron(schedule.cron);
  return read.ok ? mostRunsIn31Days(read.calendar) : 0;
}

/** A name is looked up once a day: metered uplinks keep one that works for so long. */
function monthlyBytes(request: Request, runs: number, egressServer: string): number {
  const target = request.target ?? egressServer;
  const host = hostOfTarget(target);
  const six = request.family === 6 || familyOf(host) === 6;
  const ofNames = familyOf(host) === null ? lookupBytes(host, six ? 'AAAA' : 'A', false) : 0;
  return runs * runBytes(request, target, six) + Math.min(runs, days) * ofNames;
}

/**
 * By uplink; those that no monitor leaves by are left out. `uplinkOf` says which one a `via`, or none, means.
 * `egressServer` is the first that an egress probe without a target asks.
 */
export function expectedMonthlyBytes(
  monitors: Readonly<Record<string, CostedMonitor>>,
  uplinkOf: (via: string | null) => string | null,
  egressServer: string,
): Map<string, number> {
  const byUplink = new Map<string, number>();
  for (const { probe, schedule, enabled } of Object.values(monitors)) {
    const parsed = parseRequest(probe.kind, probe.body);
    if (!enabled || !parsed.ok) continue;
    const uplink = uplinkOf(parsed.request.via ?? null);
    if (uplink === null) continue;
    const bytes = monthlyBytes(parsed.request, runsIn31Days(schedule), egressServer);
    byUplink.set(uplink, (byUplink.get(uplink) ?? 0) + bytes);
  }
  return byUplink;
}

interface CostedUplink {
  metered: boolean;
  health: { targets: readonly string[]; standbyIntervalMs: number };
}

/** The least that an echo of IP can have here: health's. */
const healthPayloadBytes = 8;

/**
 * The echoes by which the health of metered uplinks is measured while they are on standby, by uplink. `families` are those
 * that are judged; a name counts as IPv4's where that is. Without targets a neighbour is asked, if anybody, which no
 * carrier counts.
 */
export function expectedHealthBytes(
  uplinks: Readonly<Record<string, CostedUplink>>,
  families: readonly Family[],
): Map<string, number> {
  const ofName: Family = families.includes(4) ? 4 : 6;
  const byUplink = new Map<string, number>();
  for (const [name, { metered, health }] of Object.entries(uplinks)) {
    const asked = health.targets.map((target) => familyOf(target) ?? ofName);
    const roundBytes = asked
      .filter((family) => families.includes(family))
      .reduce((sum, family) => sum + 2 * echoBytes(healthPayloadBytes, family === 6), 0);
    if (!metered || roundBytes === 0) continue;
    byUplink.set(name, Math.floor((days * dayMs) / health.standbyIntervalMs) * roundBytes);
  }
  return byUplink;
}
