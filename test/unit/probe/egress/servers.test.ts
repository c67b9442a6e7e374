// The built-in list: what the file would take, and the cheap ones first.
import { expect, it } from 'vitest';
import { builtInEgressServers } from '../../../../agent/probe/egress/servers.ts';
import { egressTarget } from '../../../../shared/target.ts';

it.each(builtInEgressServers)('%s could stand in the file', (server) => {
  expect(egressTarget.parse(server)).toBe(server);
});

it('asks by STUN before it asks for pages', () => {
  const isStun = builtInEgressServers.map((server) => server.startsWith('stun:'));
  expect(isStun.indexOf(false)).toBeGreaterThan(1);
  expect(isStun.lastIndexOf(true)).toBeLessThan(isStun.indexOf(false));
});
