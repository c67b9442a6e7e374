// What the broker keeps of an uplink: its state, and whether there is an interface at all.
import type { FamilyHealth } from '../../shared/failover.ts';
import { cut } from '../../shared/payload.ts';
import { uplinkAvailabilityTopic, uplinkStateTopic } from '../../shared/topics.ts';
import type { UplinkState } from '../../shared/uplink.ts';
import { type Retained, retained } from './availability.ts';

// An interface may bear very many addresses; a message may not.
const mostAddresses = 100;
const longestReason = 1000;

const cutHealth = (health: FamilyHealth | null): FamilyHealth | null =>
  health && { ...health, reason: cut(health.reason, longestReason) };

const cutState = (state: UplinkState): UplinkState => ({
  ...state,
  addresses: state.addresses.slice(0, mostAddresses),
  families: { ipv4: cutHealth(state.families.ipv4), ipv6: cutHealth(state.families.ipv6) },
});

/** Unavailable where its interface is not there; a line that is down is a state. */
export const uplinkMessages = (agent: string, state: UplinkState): Retained[] => [
  retained(uplinkStateTopic(agent, state.uplink), JSON.stringify(cutState(state))),
  retained(uplinkAvailabilityTopic(agent, state.uplink), state.state === 'missing' ? 'offline' : 'online'),
];

/** What takes a removed uplink from the broker. */
export const clearedUplink = (agent: string, uplink: string): Retained[] => [
  retained(uplinkStateTopic(agent, uplink), ''),
  retained(uplinkAvailabilityTopic(agent, uplink), ''),
];
