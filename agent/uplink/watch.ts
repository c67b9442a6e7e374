// The network as last read: read again whenever the kernel says something changed, and every 30 s besides.
import type { ChildProcess } from 'node:child_process';
import type { Log } from '../log.ts';
import { kernelInterfaceTo, monitorNetwork, readNetwork } from './ip.ts';
import { type NetworkState, emptyNetwork } from './network.ts';

const rereadEveryMs = 30_000;
const settleMs = 20;
const freshMs = 100;
const restartMonitorMs = 1000;
const mostKernelChoices = 1000;

export interface NetworkWatch {
  start(): Promise<void>;
  stop(): void;
  /** As last read. */
  current(): NetworkState;
  /** As it is now: read anew, unless that was done a moment ago. */
  fresh(): Promise<NetworkState>;
  /** The interface the kernel would take to an address; remembered until something changes. */
  interfaceTo(address: string): Promise<string>;
}

/** `onRead` is told after each reading. */
export function createNetworkWatch(log: Log, onRead: (state: NetworkState) => void): NetworkWatch {
  let state = emptyNetwork;
  let readAtMs = -Infinity;
  let reading: Promise<NetworkState> | null = null;
  let monitor: ChildProcess | null = null;
  let debounce: NodeJS.Timeout | null = null;
  let interval: NodeJS.Timeout | null = null;
  let restart: NodeJS.Timeout | null = null;
  let stopped = false;
  const kernelChoices = new Map<string, Promise<string>>();

  // A reading under way may have begun before the change that is asked about: wait for it, then read once more.
  const refresh = async (): Promise<NetworkState> => {
    if (reading !== null) await reading.catch(() => undefined);
    reading ??= readNetwork().finally(() => {
      reading = null;
    });
    state = await reading;
    readAtMs = performance.now();
    onRead(state);
    return state;
  };
  const refreshQuietly = (): void => {
    refresh().catch((error: unknown) => log.error({ error }, 'the network could not be read'));
  };
  const changed = (): void => {
    kernelChoices.clear();
    debounce ??= setTimeout(() => {
      debounce = null;
      refreshQuietly();
    }, settleMs);
  };
  const watch = (): void => {
    restart = null;
    monitor = monitorNetwork(changed, () => {
      monitor = null;
      if (stopped || restart !== null) return;
      log.warn({}, 'ip monitor ended; it is started again');
      restart = setTimeout(watch, restartMonitorMs);
    });
    changed();
  };

  return {
    async start() {
      await refresh();
      watch();
      interval = setInterval(() => {
        kernelChoices.clear();
        refreshQuietly();
      }, rereadEveryMs);
    },
    stop() {
      stopped = true;
      for (const timer of [debounce, interval, restart]) if (timer !== null) clearTimeout(timer);
      monitor?.kill();
    },
    current: () => state,
    fresh: () => (performance.now() - readAtMs < freshMs ? Promise.resolve(state) : refresh()),
    interfaceTo(address) {
      const known = kernelChoices.get(address);
      if (known !== undefined) return known;
      if (kernelChoices.size >= mostKernelChoices) kernelChoices.clear();
      const choice = kernelInterfaceTo(address);
      kernelChoices.set(address, choice);
      choice.catch(() => kernelChoices.delete(address));
      return choice;
    },
  };
}
