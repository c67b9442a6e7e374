// What Home Assistant was told of a device, so that what is no more can be taken back, also after a restart. Pure.
import * as z from 'zod';

export interface Component {
  platform: string;
}

export interface Device {
  objectId: string;
  topic: string;
  payload: { components: Readonly<Record<string, Component>> };
}

const Pair = z.object({ id: z.string(), platform: z.string() });
type Pair = z.output<typeof Pair>;

export const Told = z.object({
  topic: z.string(),
  /** Where it was told of under other prefixes, as long as the broker has not taken that back. */
  former: z.array(z.string()).default([]),
  components: z.array(Pair),
  /** Components that were taken back: again at each connection, for a Home Assistant that was away then. */
  retired: z.array(Pair),
});
export type Told = z.output<typeof Told>;

const mostRetired = 100;

const isIn = (pairs: readonly Pair[], { id, platform }: Pair): boolean =>
  pairs.some((pair) => pair.id === id && pair.platform === platform);

/** What will have been told once the device is as it is now. */
export function nowTold(before: Told | undefined, device: Device): Told {
  const components = Object.entries(device.payload.components).map(([id, { platform }]) => ({
    id,
    platform,
  }));
  const former = [...(before?.retired ?? []), ...(before?.components ?? [])];
  const retired = former.filter(
    (pair, index) => !isIn(components, pair) && !isIn(former.slice(0, index), pair),
  );
  const { topic } = device;
  const others = before === undefined ? [] : topicsOf(before).filter((one) => one !== topic);
  return { topic, former: others, components, retired: retired.slice(-mostRetired) };
}

const topicsOf = ({ topic, former }: Told): string[] => [topic, ...former];

/** Its topics that are to be cleared, where it is still told of and where not. */
export const topicsToClear = (told: Told, isThere: boolean): string[] =>
  isThere ? told.former : topicsOf(told);

/** What is left of it once the broker has cleared a topic; null where that is nothing. */
export function withoutTopic(told: Told, cleared: string): Told | null {
  const [topic, ...former] = topicsOf(told).filter((one) => one !== cleared);
  return topic === undefined ? null : { ...told, topic, former };
}

/** Tombstones by id; an id that was on several platforms needs a message for each. */
function layersOf(retired: readonly Pair[]): Record<string, Component>[] {
  const layers: Record<string, Component>[] = [];
  for (const { id, platform } of retired) {
    const free = layers.find((layer) => !Object.hasOwn(layer, id));
    if (free === undefined) layers.push({ [id]: { platform } });
    else free[id] = { platform };
  }
  return layers;
}

/** The device's message, and before it those that take back what is retired. */
export function versionsOf({ payload }: Device, retired: readonly Pair[]): [string, ...string[]] {
  const last = JSON.stringify(payload);
  const before = layersOf(retired).map((layer) =>
    JSON.stringify({ ...payload, components: { ...payload.components, ...layer } }),
  );
  const [first, ...rest] = before;
  return first === undefined ? [last] : [first, ...rest, last];
}
