// A monitor as its entities are made from.
import type { Kind } from '../../shared/request.ts';

export interface DescribedMonitor {
  name: string;
  title: string;
  kind: Kind;
  /** Whether a calendar says when it runs: then there is no interval to set. */
  cron: boolean;
}
