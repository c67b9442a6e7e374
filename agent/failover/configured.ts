// The file as failover reads it: what is measured needs settings too where the file has no failover.
import { familyNamed } from '../../shared/failover.ts';
import type { Family } from '../../shared/ip.ts';
import { type FailoverSettings, defaultFailover } from '../config/failover.ts';
import type { FileSettings } from '../config/file.ts';

export interface Configured {
  uplinks(): FileSettings['uplinks'];
  /** The defaults where the file has no failover. */
  settings(): FailoverSettings;
  /** Whether it has one. */
  isConfigured(): boolean;
  families(): Family[];
}

export function configuredBy(file: () => FileSettings): Configured {
  const settings = (): FailoverSettings => file().failover ?? defaultFailover;
  return {
    uplinks: () => file().uplinks,
    settings,
    isConfigured: () => file().failover !== null,
    families: () => settings().families.map(familyNamed),
  };
}
