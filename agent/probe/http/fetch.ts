// One page fetched through one interface: what came, how long each phase took, what it cost.
import { unmapped } from '../../../shared/ip.ts';
import type { HttpFigures, Traffic } from '../../../shared/result.ts';
import { asFailure } from '../echoes.ts';
import { astray } from './bound.ts';
import { countTraffic } from './counters.ts';
import { type CurlRun, runCurl } from './curl.ts';
import { type Fault, faultOf } from './fault.ts';
import { type Order, configFor } from './order.ts';
import { type Summary, daysLeft, nothingReported, peerRefusal } from './report.ts';
import { type BodyText, textOf } from './text.ts';

export type { Order } from './order.ts';

/** `totalMs` counts from curl's start, and is null where the body did not come to its end or to its limit. */
export interface Fetched extends Fault, Omit<HttpFigures, 'resolveMs'> {
  /** Not complete where it was cut at its limit or broke off. Null where no answer came, and for HEAD. */
  body: (BodyText & { complete: boolean }) | null;
  /** The length of the body as its headers tell it; null where they don't. */
  announcedBytes: number | null;
  /** The far end of the connection; null where there was none. */
  remoteAddress: string | null;
  localAddress: string | null;
  /** Somebody refused a connection, so that packets go out and come back. */
  refusedByPeer: boolean;
  traffic: Traffic;
}

const toMs = (seconds: number): number => Math.round(seconds * 1e6) / 1000;

/** A phase between two of curl's times, 0 where it was not come to. */
const phaseMs = (fromSeconds: number, toSeconds: number): number | null =>
  toSeconds === 0 ? null : toMs(Math.max(0, toSeconds - fromSeconds));

const nobodyRead = 23; // CURLE_WRITE_ERROR

/** Up to the body's end, or to where it was cut: curl goes on to its time limit where no more comes by then. */
function totalMsOf({ exitCode, cut, cutMs, report }: CurlRun): number | null {
  const ended = exitCode === 0 || (cut && exitCode === nobodyRead);
  if (ended && report.summary !== null) return toMs(report.summary.time_total);
  return cutMs === null ? null : toMs(cutMs / 1000);
}

function phasesOf(summary: Summary | null, totalMs: number | null) {
  if (summary === null) return { connectMs: null, tlsMs: null, firstByteMs: null, totalMs: null };
  return {
    connectMs: phaseMs(summary.time_namelookup, summary.time_connect),
    tlsMs: phaseMs(summary.time_connect, summary.time_appconnect),
    firstByteMs: phaseMs(summary.time_pretransfer, summary.time_starttransfer),
    totalMs,
  };
}

type Answer = Omit<Fetched, keyof Fault | 'traffic'>;

function answerOf({ method }: Order, run: CurlRun): Answer {
  const { exitCode, body, cut, report } = run;
  const { summary, announcedBytes } = report;
  const status = summary?.response_code ?? 0;
  const statusCode = status === 0 ? null : status;
  const hasBody = statusCode !== null && method !== 'HEAD';
  const complete = exitCode === 0 && !cut;
  const own = (address: string | null | undefined): string | null =>
    address == null ? null : unmapped(address);
  return {
    statusCode,
    redirectsTo: summary?.redirect_url ?? null,
    certificateDaysLeft: daysLeft(summary?.certs ?? null, Date.now()),
    bodyBytes: body.length,
    body: hasBody ? { ...textOf(body, report, complete), complete } : null,
    announcedBytes,
    remoteAddress: own(summary?.remote_ip),
    localAddress: own(summary?.local_ip),
    refusedByPeer: report.refused.some(({ words }) => words === peerRefusal),
    ...phasesOf(summary, statusCode === null ? null : totalMsOf(run)),
  };
}

const unstarted: CurlRun = {
  ...{ exitCode: null, givenUp: false, lastedMs: 0 },
  ...{ body: Buffer.alloc(0), cut: false, cutMs: null, report: nothingReported },
};

/**
 * Fetches a URL by the order. Never rejects: `failure` says why there is no whole answer (noCurl, cancelled once the
 * signal aborts, sendRefused where curl was not bound to the interface, or of the target), `refusal` that nobody took the connection, which is a measurement.
 */
export async function fetchBound(order: Order, signal: AbortSignal): Promise<Fetched> {
  const spent = countTraffic(order.interfaceName);
  try {
    const run = await runCurl(configFor(order), order.mostBodyBytes, signal);
    const traffic = spent();
    const fault = faultOf(order, run);
    const failure = astray(order, run, traffic) ?? fault.failure;
    return { ...answerOf(order, run), ...fault, failure, traffic };
  } catch (error) {
    return { ...answerOf(order, unstarted), refusal: null, failure: asFailure(error), traffic: spent() };
  }
}
