// Whether the line that a monitor calls dead carries anything all the same.
import { type Probe, type Watch, textOf } from './settings.ts';

const wordsOf = (probe: Probe): string =>
  [probe.kind, textOf(probe, 'target'), textOf(probe, 'name')].filter((word) => word !== null).join(' ');

/** The first of these probes that passes, in words; null where none does. No more are asked once it is moot. */
export async function refutation(
  watch: Watch,
  monitor: string,
  probes: readonly Probe[],
  moot: () => boolean,
): Promise<string | null> {
  for (const probe of probes) {
    if (moot()) return null;
    const { result } = await watch(monitor, probe, null);
    if (result.verdict === 'pass') return wordsOf(probe);
  }
  return null;
}
