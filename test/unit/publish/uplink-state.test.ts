// What the broker keeps of an uplink.
import { expect, it } from 'vitest';
import { clearedUplink, uplinkMessages } from '../../../agent/publish/uplink-state.ts';
import { UplinkState } from '../../../shared/uplink.ts';
import { familyHealth, knownUplink, uplinkState } from './states.ts';

const kept = { qos: 1, retain: true };

it.each([
  ['up', 'online'],
  ['down', 'online'],
  ['no carrier', 'online'],
  ['no address', 'online'],
  ['missing', 'offline'],
] as const)('an uplink that is %s is kept as %s', (state, availability) => {
  const known = knownUplink({ state });
  expect(uplinkMessages('pi', known)).toEqual([
    { topic: 'pathproof/pi/uplink/lte/state', payload: JSON.stringify(known), ...kept },
    { topic: 'pathproof/pi/uplink/lte/availability', payload: availability, ...kept },
  ]);
});

it('has no more addresses than fit', () => {
  const addresses = Array.from({ length: 5000 }, (_, index) => `2001:db8::${index.toString(16)}`);
  const [message] = uplinkMessages('pi', uplinkState({ addresses }));
  const read = UplinkState.parse(JSON.parse(message?.payload ?? ''));
  expect(read.addresses).toEqual(addresses.slice(0, 100));
});

it('has no longer reasons than fit', () => {
  const families = { ipv4: familyHealth({ reason: 'ü'.repeat(70_000) }), ipv6: null };
  const [message] = uplinkMessages('pi', uplinkState({ families }));
  const read = UplinkState.parse(JSON.parse(message?.payload ?? ''));
  expect(read.families.ipv4?.reason).toBe(`${'ü'.repeat(999)}…`);
});

it('a removed uplink is cleared by empty messages', () => {
  expect(clearedUplink('pi', 'lte')).toEqual([
    { topic: 'pathproof/pi/uplink/lte/state', payload: '', ...kept },
    { topic: 'pathproof/pi/uplink/lte/availability', payload: '', ...kept },
  ]);
});
