// A probe per kind. Adding a kind is a file, its test and one line here.
import { patienceWithReserve } from '../../shared/budget.ts';
import { Failure } from '../../shared/failure.ts';
import type { Kind, RequestOf } from '../../shared/request.ts';
import { type Measurement, noTraffic, nothingMeasured } from '../../shared/measurement.ts';
import type { Exit } from '../../shared/way.ts';
import { dns } from './dns.ts';
import { egress } from './egress.ts';
import { http } from './http.ts';
import { createLookup } from './lookup.ts';
import { ping } from './ping.ts';
import { type Asker, createResolver } from './resolve.ts';
import type { ProbeTools } from './tools.ts';
import { createTraceMemory } from './trace/memory.ts';
import { createSharedEchoes } from './trace/shared.ts';
import { createTraceTurns } from './trace/turns.ts';
import { addTraffic } from './traffic.ts';
import { traceroute } from './traceroute.ts';

type Probe<K extends Kind> = (
  request: RequestOf<K>,
  exit: Exit | null,
  tools: ProbeTools,
  signal: AbortSignal,
) => Promise<Measurement>;

const probes: { [K in Kind]: Probe<K> } = { ping, traceroute, dns, http, egress };

/** Adds what probes keep for themselves to what the rest of the agent does for them. */
export const createProbeTools = (
  given: Omit<ProbeTools, 'traces' | 'turns' | 'shared' | 'resolve'> & { epoch: () => number },
): ProbeTools => ({
  ...given,
  traces: createTraceMemory(),
  turns: createTraceTurns(),
  shared: createSharedEchoes(),
  resolve: createResolver(createLookup(given), given.epoch, given.metered),
});

/** Whether nobody was met where the target's addresses lead, so that they may be old. */
function metNobody({ failure, ping, dns: said, http: fetched, egress: told }: Measurement): boolean {
  if (failure !== null) return failure.source === 'uplink' || failure.source === 'target';
  return (ping?.received ?? 0) === 0 && said === null && fetched === null && told === null;
}

/** Measures; a Failure is a measurement too, for it may have cost something. */
export async function probe<K extends Kind>(
  request: RequestOf<K> & { kind: K },
  exit: Exit | null,
  tools: ProbeTools,
  signal: AbortSignal,
): Promise<Measurement> {
  const run: Probe<K> = probes[request.kind];
  let addressRemembered = false;
  let traffic = noTraffic;
  const doubts: (() => void)[] = [];
  const asker: Asker = {
    patienceWithReserveMs: patienceWithReserve(request),
    fromMemory() {
      addressRemembered = true;
    },
    spent(more) {
      traffic = addTraffic(traffic, more);
    },
    kept: (doubt) => void doubts.push(doubt),
  };
  const asking: ProbeTools = {
    ...tools,
    resolve: (host, family, by, until) => tools.resolve(host, family, by, until, asker),
  };
  const failed = (error: unknown): Measurement => {
    if (error instanceof Failure) return { ...nothingMeasured, failure: error };
    throw error;
  };
  const measured = await run(request, exit, asking, signal).catch(failed);
  if (metNobody(measured)) for (const doubt of doubts) doubt();
  return { ...measured, addressRemembered, traffic: addTraffic(measured.traffic, traffic) };
}
