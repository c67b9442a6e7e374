// Why an uplink of the file can't be chosen at all: nothing is asked through it in any family that failover decides. Pure.
import { type Family, familyOf } from '../../../shared/ip.ts';

type Uplinks = Readonly<Record<string, { health: { targets: readonly string[] } }>>;

const list = new Intl.ListFormat('en-GB', { type: 'disjunction' });

function whyOf(name: string, targets: readonly string[], families: readonly Family[]): string {
  const words = list.format(families.map((family) => `IPv${family}`));
  const others = targets.every((target) => {
    const family = familyOf(target);
    return family !== null && !families.includes(family);
  });
  const why =
    targets.length > 0 && others
      ? `none of uplinks.${name}.targets is of ${words}, and failover.families asks for no other`
      : `it has no address of ${words}`;
  return `is not measured in ${words}: ${why}`;
}

/** Each uplink of the file with what is to be said of it after its name; null where it is measured. */
export const leftOut = (
  uplinks: Uplinks,
  measured: readonly { uplink: string }[],
  families: readonly Family[],
): Map<string, string | null> =>
  new Map(
    Object.entries(uplinks).map(([name, { health }]) => [
      name,
      measured.some(({ uplink }) => uplink === name) ? null : whyOf(name, health.targets, families),
    ]),
  );
