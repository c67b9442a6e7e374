// What the broker keeps of an uplink: its state, and whether there is an interface at all.
import { uplinkAvailabilityTopic, uplinkStateTopic } from '../../shared/topics.ts';
import type { UplinkState } from '../../shared/uplink.ts';
import { type Retained, retained } from './availability.ts';

// An interface may bear very many addresses; a message may not.
const mostAddresses = 100;

/** Unavailable where its interface is not there; a line that is down is a state. */
export const uplinkMessages = (agent: string, state: UplinkState): Retained[] => [
  retained(
    uplinkStateTopic(agent, state.uplink),
    JSON.stringify({ ...state, addresses: state.addresses.slice(0, mostAddresses) }),
  ),
  retained(uplinkAvailabilityTopic(agent, state.uplink), state.state === 'missing' ? 'offline' : 'online'),
];

/** What takes a removed uplink from the broker. */
export const clearedUplink = (agent: string, uplink: string): Retained[] => [
  retained(uplinkStateTopic(agent, uplink), ''),
  retained(uplinkAvailabilityTopic(agent, uplink), ''),
];
