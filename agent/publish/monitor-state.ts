// What the broker keeps of a monitor: its state, and whether it can run at all.
import type { FailureSource } from '../../shared/failure.ts';
import type { MonitorState } from '../../shared/monitor.ts';
import { cut } from '../../shared/payload.ts';
import { monitorAvailabilityTopic, monitorStateTopic } from '../../shared/topics.ts';
import { type Retained, retained } from './availability.ts';

// Home Assistant's recorder drops an entity's attributes beyond 16 KiB; the route is nearly all of them.
const longestRouteBytes = 12 * 1024;
const longestText = 60;
const longestReason = 1000;
const longestTarget = 2048;

type Route = NonNullable<MonitorState['route']>;

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** With short texts where it is too large, and then without the hops that are one too many. */
function cutRoute(route: Route): Route {
  if (bytesOf(route) <= longestRouteBytes) return route;
  const shorten = (text: string | null): string | null => (text === null ? null : cut(text, longestText));
  const kept: Route = [];
  let bytes = 2;
  for (const hop of route) {
    const short = { ...hop, name: shorten(hop.name), organisation: shorten(hop.organisation) };
    bytes += bytesOf(short) + 1;
    if (bytes > longestRouteBytes) break;
    kept.push(short);
  }
  return kept;
}

function cutState(state: MonitorState): MonitorState {
  const { reason, target, route, network } = state;
  return {
    ...state,
    reason: cut(reason, longestReason),
    target: target === null ? null : cut(target, longestTarget),
    route: route === null ? null : cutRoute(route),
    network:
      network === null
        ? null
        : { ...network, organisation: network.organisation && cut(network.organisation, longestReason) },
  };
}

const notTheLines: readonly FailureSource[] = ['policy', 'request', 'local'];

/**
 * Not where it can't run at all: no raw sockets, a budget used up, a via that there is not. A dead line is a state, so is
 * being turned off, and what can't be judged was measured. A queue that was full once is no more than that.
 */
function isAvailable({ enabled, state, verdict, failure }: MonitorState): boolean {
  if (!enabled || failure === null || failure.code === 'unjudged') return true;
  const isHeld = verdict === null;
  return !(notTheLines.includes(failure.source) && (isHeld || state === 'unknown'));
}

export const monitorMessages = (agent: string, state: MonitorState): Retained[] => [
  retained(monitorStateTopic(agent, state.monitor), JSON.stringify(cutState(state))),
  retained(monitorAvailabilityTopic(agent, state.monitor), isAvailable(state) ? 'online' : 'offline'),
];

/** What takes a removed monitor from the broker. */
export const clearedMonitor = (agent: string, monitor: string): Retained[] => [
  retained(monitorStateTopic(agent, monitor), ''),
  retained(monitorAvailabilityTopic(agent, monitor), ''),
];
