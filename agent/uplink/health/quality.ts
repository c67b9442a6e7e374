// Whether an uplink that answers does so well enough. Pure.
import type { Figures } from './figures.ts';
import type { HealthSettings, Limit } from './settings.ts';

export interface Quality {
  /** What is beyond its limit to fail, in words. */
  failing: string[];
  /** What is not within its limit to recover, in words. */
  lingering: string[];
}

// Of fewer one lost echo alone would be too large a share.
const fewestAsked = 5;

interface Measure {
  limit: Limit;
  value: number | null;
  /** The figure in words. */
  words: string;
  unit: string;
}

const shown = (value: number): string => String(Math.round(value * 10) / 10);

function measuresOf(
  { lossPercent, rttMs, jitterMs, asked, lost }: Figures,
  settings: HealthSettings,
): Measure[] {
  const percent = shown(lossPercent ?? 0);
  const measures = [
    {
      limit: settings.lossPercent,
      value: lossPercent,
      words: `${lost} of ${asked} echoes lost (${percent} %)`,
      unit: '%',
    },
    {
      limit: settings.latencyMs,
      value: rttMs,
      words: `a mean round trip of ${shown(rttMs ?? 0)} ms`,
      unit: 'ms',
    },
    {
      limit: settings.jitterMs,
      value: jitterMs,
      words: `a jitter of ${shown(jitterMs ?? 0)} ms`,
      unit: 'ms',
    },
  ];
  return measures.filter(({ limit }) => limit.fail > 0);
}

/** What is amiss by the limits that are set; of too few echoes, nothing fails and nothing recovers. */
export function qualityOf(figures: Figures, settings: HealthSettings): Quality {
  if (figures.asked < Math.min(fewestAsked, settings.window)) {
    return { failing: [], lingering: [`only ${figures.asked} echoes to judge by`] };
  }
  const quality: Quality = { failing: [], lingering: [] };
  for (const { limit, value, words, unit } of measuresOf(figures, settings)) {
    if (value === null) quality.lingering.push('no round trip to judge by');
    else if (value > limit.fail) quality.failing.push(`${words}, more than ${limit.fail} ${unit}`);
    if (value !== null && value > limit.recover) {
      quality.lingering.push(`${words}, not yet down to ${limit.recover} ${unit}`);
    }
  }
  return quality;
}
