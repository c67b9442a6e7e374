// A page fetched by curl, bound to the uplink's interface: names, connection, TLS and answer, each with its time.
import { type Measurement, nothingMeasured } from '../../shared/measurement.ts';
import { familyOf, hostOfUrl } from '../../shared/ip.ts';
import type { RequestOf } from '../../shared/request.ts';
import type { HttpFigures } from '../../shared/result.ts';
import type { Exit } from '../../shared/way.ts';
import { takeAim, viaOf } from './aim.ts';
import { mostBodyBytes, unsettledBody } from './http/body.ts';
import type { Fetched } from './http/fetch.ts';
import { fetchGuarded } from './http/guarded.ts';
import { routedAddresses } from './http/routed.ts';
import type { ProbeTools } from './tools.ts';

const sinceMs = (beganMs: number): number => Math.round((performance.now() - beganMs) * 1000) / 1000;

function figuresOf(fetched: Fetched, resolveMs: number | null): HttpFigures {
  const { statusCode, redirectsTo, certificateDaysLeft, bodyBytes, totalMs } = fetched;
  const { connectMs, tlsMs, firstByteMs } = fetched;
  const phases = { resolveMs, connectMs, tlsMs, firstByteMs };
  const whole = totalMs === null ? null : Math.round((totalMs + (resolveMs ?? 0)) * 1000) / 1000;
  return { statusCode, redirectsTo, certificateDaysLeft, bodyBytes, ...phases, totalMs: whole };
}

/** Fetches the URL once. Rejects with Failure before the first packet; never for what the network did. */
export async function http(
  request: RequestOf<'http'>,
  exit: Exit | null,
  tools: ProbeTools,
  signal: AbortSignal,
): Promise<Measurement> {
  const beganMs = performance.now();
  const url = new URL(request.target);
  const host = hostOfUrl(url);
  const goal = { kind: request.kind, target: host, family: request.family };
  const aim = await takeAim(goal, exit, tools, signal);
  const resolveMs = familyOf(host) === null ? sinceMs(beganMs) : null;
  const { way } = aim;
  const addresses = await routedAddresses(aim, tools);
  const { method, expect } = request;
  const leftMs = Math.max(1, request.timeoutMs - sinceMs(beganMs));
  const order = {
    url,
    method,
    interfaceName: way.interfaceName,
    addresses,
    mostBodyBytes: mostBodyBytes(expect),
  };
  const fetched = await fetchGuarded(order, leftMs, aim, tools, signal);
  return {
    ...nothingMeasured,
    address: fetched.remoteAddress ?? addresses[0] ?? null,
    via: viaOf({ ...way, source: fetched.localAddress ?? way.source }),
    http: figuresOf(fetched, resolveMs),
    httpBody: fetched.body,
    traffic: fetched.traffic,
    failure: fetched.failure ?? unsettledBody(expect, fetched),
    refusal: fetched.refusal,
  };
}
