// Networks and echoes for the tests of measuring. The clock is the faked one.
import { onTestFinished, vi } from 'vitest';
import type { Came, EchoOrder, SendEcho } from '../../../../agent/uplink/measuring/echo.ts';
import type { MeasuredUplink } from '../../../../agent/uplink/measuring/measurement.ts';
import type { InterfaceState, NetworkState, RouteEntry } from '../../../../agent/uplink/network.ts';
import { parseNetwork } from '../../../../shared/ip.ts';
import { settings } from '../health/settings.ts';

export const nowMs = (): number => performance.now();

export function fakeTime(): void {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
}

/** Lets time pass, and all that is due run. */
export const pass = async (ms: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms);
};

export const uplink = (name: string, other: Partial<MeasuredUplink> = {}): MeasuredUplink => ({
  interface: name,
  gateway: null,
  pointToPoint: false,
  require: { carrier: true, address: true },
  metered: false,
  health: { ...settings(), targets: ['192.0.2.1'] },
  ...other,
});

export const withHealth = (name: string, health: Partial<MeasuredUplink['health']>): MeasuredUplink =>
  uplink(name, { health: { ...settings(), targets: ['192.0.2.1'], ...health } });

export const iface = (
  name: string,
  addresses: readonly string[] = ['198.51.100.2/24'],
  other: Partial<InterfaceState> = {},
): InterfaceState => ({
  ...{ name, index: 1, up: true, carrier: true, loopback: false },
  addresses: addresses.flatMap((address) => parseNetwork(address) ?? []),
  ...other,
});

export const defaultBy = (
  interfaceName: string,
  gateway: string | null = '198.51.100.1',
  other: Partial<RouteEntry> = {},
): RouteEntry => ({
  ...{ family: 4 as const, prefix: null, interfaceName, gateway, metric: 100 },
  ...{ table: 'main', protocol: 'dhcp' },
  ...other,
});

/** Each with an address and a gateway. */
export const networkOf = (...names: readonly string[]): NetworkState => ({
  interfaces: names.map((name) => iface(name)),
  routes: names.map((name) => defaultBy(name)),
});

export interface Echoes {
  send: SendEcho;
  /** Where each went, in order. */
  sent: string[];
  answer(by: (order: EchoOrder) => Came | Promise<Came>): void;
}

/** Answered after 10 ms, as long as a test says nothing else. */
export function echoes(): Echoes {
  let answerBy: (order: EchoOrder) => Came | Promise<Came> = () => ({ type: 'reply', rttMs: 10 });
  const sent: string[] = [];
  return {
    sent,
    answer(by) {
      answerBy = by;
    },
    async send(order) {
      sent.push(order.destination);
      await new Promise((resolve) => setTimeout(resolve, 10));
      return answerBy(order);
    },
  };
}

export const silence: Came = { type: 'silence', left: true };
