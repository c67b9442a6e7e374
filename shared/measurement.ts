// What a probe hands on: figures, and where there are none, why. It says nothing of who asked.
import type { Failure } from './failure.ts';
import type { PingFigures, Result, Route, Traffic, Via } from './result.ts';

export interface Measurement {
  /** The address the target stood for. */
  address: string | null;
  /** The name could not be resolved now: the address is the last one it was known to have. */
  addressRemembered: boolean;
  via: Via;
  ping: PingFigures | null;
  traceroute: Route | null;
  dns: Result['dns'];
  http: Result['http'];
  /**
   * What was fetched of the body, to be judged and not to be published; null where nothing was. `unreadable` says why not
   * all of it is in the text; null where it is.
   */
  httpBody: { text: string; complete: boolean; unreadable: string | null } | null;
  egress: Result['egress'];
  traffic: Traffic;
  /** Why it could not be measured, or not to its end; figures then hold what was seen before. */
  failure: Failure | null;
  /** The clock was stepped meanwhile: no RTT here may judge a latency. */
  clockStepped: boolean;
  /** What the network said instead of an answer ("192.168.2.1 says host unreachable"); null where it was silent. */
  refusal: string | null;
}

export const noTraffic: Traffic = { packetsSent: 0, packetsReceived: 0, bytesSent: 0, bytesReceived: 0 };

export const nothingMeasured: Measurement = {
  address: null,
  addressRemembered: false,
  via: { uplink: null, interface: null, source: null },
  ping: null,
  traceroute: null,
  dns: null,
  http: null,
  httpBody: null,
  egress: null,
  traffic: noTraffic,
  failure: null,
  clockStepped: false,
  refusal: null,
};
