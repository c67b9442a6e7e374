// The network as last read: read again whenever the kernel says something changed, and every 30 s besides.
import { setTimeout as delay } from 'node:timers/promises';
import type { Family } from '../../shared/ip.ts';
import type { Log } from '../log.ts';
import { kernelInterfaceTo, kernelInterfacesFrom, kernelRouteBy, readNetwork } from './ip.ts';
import { monitorNetwork } from './ip/run.ts';
import { type NetworkState, emptyNetwork } from './network.ts';
import { type Teaching, leavesBy, taught } from './taught.ts';

const rereadEveryMs = 30_000;
const settleMs = 20;
const restartMonitorMs = 1000;
const mostPatienceMs = 300;
const freshMs = 100;
const mostKernelChoices = 1000;

export interface NetworkWatch {
  start(): Promise<void>;
  stop(): void;
  /** As last read, without what failover itself put there and with what it took out. */
  current(): NetworkState;
  /** The interface that the kernel's default route leaves by, as last read; null without one. */
  leavesBy(family: Family): string | null;
  /** As the kernel last said it changed: waits for a reading that is due, but not for a storm of changes to end. */
  latest(): Promise<NetworkState>;
  /** As it is now: read anew, unless that was done a moment ago. */
  fresh(): Promise<NetworkState>;
  /** The interface the kernel would take to an address; remembered until something changes. */
  interfaceTo(address: string): Promise<string>;
  /** The interfaces of its route from a local address to another; remembered likewise. */
  wayBack(source: string, address: string): Promise<string[]>;
  /** Whether the kernel has a route to an address by an interface; remembered likewise. */
  hasRoute(interfaceName: string, address: string): Promise<boolean>;
}

/** The kernel's choices, each asked for once until they are forgotten; one that was rejected is asked for again. */
function createChoices<Question extends string[], Choice>(ask: (...question: Question) => Promise<Choice>) {
  const choices = new Map<string, Promise<Choice>>();
  return {
    forget: () => choices.clear(),
    of(...question: Question): Promise<Choice> {
      const key = question.join(' ');
      const known = choices.get(key);
      if (known !== undefined) return known;
      if (choices.size >= mostKernelChoices) choices.clear();
      const choice = ask(...question);
      choices.set(key, choice);
      choice.catch(() => choices.delete(key));
      return choice;
    },
  };
}

const nothingOfOurs = (): Teaching => ({ ownProtocol: null, captured: [] });

/** `onRead` is told after each reading. */
export function createNetworkWatch(
  log: Log,
  onRead: (state: NetworkState) => void,
  teaching: () => Teaching = nothingOfOurs,
): NetworkWatch {
  let standing = emptyNetwork;
  let state = emptyNetwork;
  let readAtMs = -Infinity;
  let reading: Promise<NetworkState> | null = null;
  let dirty = false;
  let settling: Promise<void> | null = null;
  let stopMonitor: () => void = () => undefined;
  let interval: NodeJS.Timeout | null = null;
  let restart: NodeJS.Timeout | null = null;
  let stopped = false;
  const ways = createChoices(kernelInterfaceTo);
  const waysBack = createChoices(kernelInterfacesFrom);
  const routes = createChoices(kernelRouteBy);
  const forgetChoices = (): void => {
    for (const choices of [ways, waysBack, routes]) choices.forget();
  };

  // A reading under way may have begun before the change that is asked about: wait for it, then read once more.
  const refresh = async (): Promise<NetworkState> => {
    if (reading !== null) await reading.catch(() => undefined);
    reading ??= readNetwork().finally(() => {
      reading = null;
    });
    standing = await reading;
    state = taught(standing, teaching());
    readAtMs = performance.now();
    onRead(state);
    return state;
  };
  const settle = async (): Promise<void> => {
    while (dirty && !stopped) {
      await delay(settleMs);
      dirty = false;
      forgetChoices();
      await refresh().catch((error: unknown) => log.error({ err: error }, 'the network could not be read'));
    }
    settling = null;
  };
  const changed = (): void => {
    dirty = true;
    forgetChoices();
    settling ??= settle();
  };
  const watch = (): void => {
    restart = null;
    stopMonitor = monitorNetwork(changed, () => {
      if (stopped || restart !== null) return;
      restart = setTimeout(() => {
        log.warn({}, 'ip monitor ended; it is started again');
        watch();
      }, restartMonitorMs);
    });
    changed();
  };

  return {
    async start() {
      await refresh();
      watch();
      interval = setInterval(changed, rereadEveryMs);
    },
    stop() {
      stopped = true;
      for (const timer of [interval, restart]) if (timer !== null) clearTimeout(timer);
      stopMonitor();
    },
    current: () => state,
    leavesBy: (family) => leavesBy(standing, family),
    async latest() {
      if (settling !== null) await Promise.race([settling, delay(mostPatienceMs, undefined, { ref: false })]);
      return state;
    },
    fresh: () => (performance.now() - readAtMs < freshMs && !dirty ? Promise.resolve(state) : refresh()),
    interfaceTo: ways.of,
    wayBack: waysBack.of,
    hasRoute: routes.of,
  };
}
