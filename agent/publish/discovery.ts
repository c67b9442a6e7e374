// Tells Home Assistant of the agent's devices: when there is a connection, when they change, when Home Assistant has
// come back; and takes back what is no more.
import type { Change, KeepsState } from '../../shared/store.ts';
import type { Log } from '../log.ts';
import { type Device, Told, nowTold, topicsToClear, versionsOf, withoutTopic } from './discovery/retired.ts';
import { type ConfigMessage, createVersions } from './discovery/versions.ts';

export interface DiscoveryParts {
  /** Home Assistant's; empty: it is told nothing. */
  prefix: string;
  publish(message: ConfigMessage): void;
  store: KeepsState;
  log: Log;
  /** The devices as they are now. */
  devices(): readonly Device[];
  /** Publishes the states of all of them again. */
  republishStates(): void;
  random?: () => number;
}

export interface Discovery {
  connected(): void;
  changed(): void;
  /** Home Assistant says that it has come back. */
  born(): void;
  stop(): void;
}

const part = 'discovery';
/** Changes come in bursts: a reloaded file is one. */
const debounceMs = 500;
/** Home Assistant asks that not all devices answer its birth message at once. */
const birthDelayMs = { least: 1000, spread: 9000 };
/** Until the entities are there that take the states. */
const statesAfterMs = 3000;

export function createDiscovery(parts: DiscoveryParts): Discovery {
  const { prefix, publish, store, log, devices, republishStates, random = Math.random } = parts;
  const versions = createVersions(publish, onDelivered);
  const timers: Record<'debounce' | 'birth' | 'states', NodeJS.Timeout | undefined> = {
    debounce: undefined,
    birth: undefined,
    states: undefined,
  };
  let told: Map<string, Told> | null = null;
  let work: Promise<void> = Promise.resolve();
  let stopped = false;

  async function remembered(): Promise<Map<string, Told>> {
    const read = new Map<string, Told>();
    try {
      for await (const [objectId, value] of store.sub(part).entries()) {
        const { success, data } = Told.safeParse(value);
        if (success) read.set(objectId, data);
      }
    } catch (error) {
      log.warn({ err: error }, 'what Home Assistant was told of earlier can not be read');
    }
    return read;
  }

  const current = (): readonly Device[] => (prefix === '' ? [] : devices());

  // Where the disk fails the store says so; Home Assistant is told all the same.
  const write = (changes: Change[]): Promise<void> =>
    changes.length === 0 ? Promise.resolve() : store.write(changes, { sync: true }).catch(() => undefined);

  /** Before anything is sent: what is retired must be known after a power cut too. */
  async function remember(known: Map<string, Told>, now: readonly Device[]): Promise<void> {
    const changes: Change[] = [];
    for (const device of now) {
      const { objectId } = device;
      const before = known.get(objectId);
      const value = nowTold(before, device);
      if (JSON.stringify(before) === JSON.stringify(value)) continue;
      known.set(objectId, value);
      changes.push({ part, key: objectId, value });
    }
    await write(changes);
  }

  function onDelivered(topic: string, payload: string): void {
    if (payload !== '' || told === null) return;
    const there = new Set(current().map(({ objectId }) => objectId));
    for (const [objectId, entry] of told) {
      if (!topicsToClear(entry, there.has(objectId)).includes(topic)) continue;
      const left = withoutTopic(entry, topic);
      if (left === null) told.delete(objectId);
      else told.set(objectId, left);
      void write([{ part, key: objectId, value: left ?? undefined }]);
    }
  }

  async function tell(anew: boolean): Promise<void> {
    told ??= await remembered();
    const now = current();
    await remember(told, now);
    if (stopped) return;
    for (const device of now) {
      const payloads = versionsOf(device, told.get(device.objectId)?.retired ?? []);
      if (anew || versions.latest(device.topic) !== payloads.at(-1)) versions.show(device.topic, payloads);
    }
    const there = new Set(now.map(({ objectId }) => objectId));
    for (const [objectId, entry] of told) {
      for (const topic of topicsToClear(entry, there.has(objectId))) {
        if (anew || versions.latest(topic) !== '') versions.show(topic, ['']);
      }
    }
  }

  function enqueue(anew: boolean): Promise<void> {
    work = work
      .then(() => (stopped ? undefined : tell(anew)))
      .catch((error: unknown) =>
        log.error({ err: error }, 'Home Assistant could not be told of the devices'),
      );
    return work;
  }

  function after(what: keyof typeof timers, ms: number, run: () => void): void {
    timers[what] ??= setTimeout(() => {
      timers[what] = undefined;
      run();
    }, ms);
  }

  return {
    connected() {
      versions.reconnected();
      void enqueue(true);
    },
    changed() {
      if (!stopped) after('debounce', debounceMs, () => void enqueue(false));
    },
    born() {
      if (stopped || prefix === '') return;
      after('birth', birthDelayMs.least + random() * birthDelayMs.spread, () => {
        void enqueue(true).then(() => stopped || after('states', statesAfterMs, republishStates));
      });
    },
    stop() {
      stopped = true;
      Object.values(timers).forEach((timer) => clearTimeout(timer));
      versions.stop();
    },
  };
}
