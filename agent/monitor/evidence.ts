// What is gathered when a monitor's state changes: who else answers by the same way, and which route it is.
import type { Event } from '../../shared/event.ts';
import type { Result } from '../../shared/result.ts';
import { hostOfTarget } from '../../shared/target.ts';
import { outcomeOf } from './condition.ts';
import { routeOf } from './figures.ts';
import { type Probe, type Settings, type Watch, textOf } from './settings.ts';

export type Evidence = Event['evidence'];

/** What the change was, and the route that its own probe has found. */
export interface Scene {
  down: boolean;
  route: ReturnType<typeof routeOf>;
}

// As many as imon sent; more would cost a metered uplink more than they tell.
const echoesEach = 2;

/** The same way out as a probe's. */
const sameWay = (probe: Probe) => (textOf(probe, 'via') === null ? {} : { via: probe.body['via'] });

/** `reached` is null, with the reason, where nothing was asked of the line. */
function reachedBy(result: Result): { reached: boolean | null; reason?: string } {
  const { ping, reason } = result;
  if (ping !== null && ping.received > 0) return { reached: true };
  const asked = outcomeOf(result) !== 'neutral';
  return asked ? { reached: false } : { reached: null, reason };
}

async function answering(watch: Watch, monitor: string, probe: Probe, target: string) {
  const body = { target, count: echoesEach, ...sameWay(probe) };
  const { result } = await watch(monitor, { kind: 'ping', body }, null);
  return { target, ...reachedBy(result), rttMs: result.ping?.avgMs ?? null };
}

async function traced(watch: Watch, monitor: string, probe: Probe): Promise<Evidence> {
  const target = textOf(probe, 'target');
  if (target === null) return {};
  const family = probe.body['family'];
  const body = {
    target: hostOfTarget(target),
    ...sameWay(probe),
    ...(family === undefined ? {} : { family }),
  };
  const { result } = await watch(monitor, { kind: 'traceroute', body }, null);
  return { route: routeOf(result) };
}

/** `alsoPing` and, on down, `route`; `route` is the monitor's own where it has traced already. Begins all at once. */
export async function gatherEvidence(
  watch: Watch,
  monitor: string,
  { probe, alsoPing, traceOnDown }: Settings,
  { down, route }: Scene,
): Promise<Evidence> {
  const wantsTrace = down && traceOnDown && route === null;
  const [trace, others] = await Promise.all([
    wantsTrace ? traced(watch, monitor, probe) : {},
    Promise.all(alsoPing.map((target) => answering(watch, monitor, probe, target))),
  ]);
  return {
    ...(alsoPing.length === 0 ? {} : { alsoPing: others }),
    ...(down && route !== null ? { route } : {}),
    ...trace,
  };
}
