// What is to be written, as plain data: proposed from what is there, changed by a person's answers.
import type { Mode } from '../../../shared/failover.ts';

export interface UplinkAnswer {
  name: string;
  interface: string;
  /** The smaller is preferred. */
  priority: number;
  /** An address; `link` for a line without one; null where the routes tell it. */
  gateway: string | null;
  metered: boolean;
  data: { monthlyMegabytes: number; resetDay: number } | null;
  targets: readonly string[];
}

/** A monitor that proves that the standby line carries packets, and that they leave by it. */
export interface ProofAnswer {
  name: string;
  probe: 'traceroute' | 'egress';
  target: string;
  via: string;
  expect: {
    minLatencyMs?: number;
    routeIncludes?: readonly string[];
    routeExcludes?: readonly string[];
    addressExcludes?: readonly string[];
  };
}

/** `url` is null for the embedded one, which only has a port. */
export interface BrokerAnswer {
  url: string | null;
  port: number;
  username: string | null;
  password: string | null;
  caFile: string | null;
}

export interface Answers {
  deviceName: string;
  uplinks: readonly UplinkAnswer[];
  failover: 'off' | Mode;
  proof: ProofAnswer | null;
  broker: BrokerAnswer;
  homeAssistantPrefix: string;
  bridge: { address: string; port: number; token: string | null };
}

/** Something a person must mend first: told as it stands, and nothing is changed. */
export class Refusal extends Error {}

/** The person went away in the middle. */
export class Cancelled extends Error {}
