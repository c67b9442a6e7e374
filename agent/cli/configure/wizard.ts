// The questions in their order. What a person sees first is what is there.
import { table } from '../../banner.ts';
import { type Answers, Cancelled } from './answers.ts';
import type { Trials } from './packets.ts';
import type { Asking } from './prompts.ts';
import type { Existing, Port } from './proposal.ts';
import { askBridge, askBroker, askHomeAssistant, askName } from './questions/link.ts';
import { askFailover, askProof } from './questions/proof.ts';
import { askTargets, askUplinks } from './questions/uplinks.ts';
import { proofProblem } from './texts.ts';

/** What is there: interfaces with addresses and gateways, and which have the default routes. */
export function portTable(ports: readonly Port[]): string[] {
  if (ports.length === 0) return ['none but loopback'];
  const rows = ports.map(({ name, state, addresses, gateway, metric, isDefault }) => [
    name,
    state,
    addresses.find((address) => address.includes('.')) ?? addresses[0] ?? '-',
    gateway ?? '-',
    metric === null ? '-' : `${isDefault ? 'in force' : 'yes'}, metric ${metric}`,
  ]);
  return table([['interface', 'state', 'address', 'gateway', 'default route'], ...rows]).map((line) =>
    line.trimStart(),
  );
}

export async function askAll(
  asking: Asking,
  trials: Trials,
  ports: readonly Port[],
  proposed: Answers,
  existing: Existing,
): Promise<Answers> {
  asking.show('What is there', portTable(ports));
  const refusal = trials.refusal();
  if (refusal !== null) {
    asking.bad(`No packet can be sent, so that no answer can be tried by one: ${refusal}`);
    if (!(await asking.yes('Go on without?', false))) throw new Cancelled();
  }
  const known = proposed.uplinks.filter(({ name }) => Object.hasOwn(existing.settings.uplinks, name));
  let uplinks = ports.length === 0 ? known : await askUplinks(asking, trials, ports, known);
  if (uplinks.length > 0) uplinks = await askTargets(asking, trials, uplinks);
  const failover =
    uplinks.length === 0 ? proposed.failover : await askFailover(asking, trials, proposed.failover);
  const watched = Object.entries(existing.settings.monitors)
    .filter(([, { probe }]) => probe.body['via'] === uplinks.at(-1)?.name)
    .map(([name]) => name);
  const proof = await askProof(asking, trials, ports, uplinks, (one) => proofProblem(uplinks, one), watched);
  let answers: Answers = { ...proposed, uplinks, failover, proof };
  answers = { ...answers, deviceName: await askName(asking, answers.deviceName) };
  answers = { ...answers, broker: await askBroker(asking, answers) };
  answers = { ...answers, homeAssistantPrefix: await askHomeAssistant(asking, answers) };
  const isOpenToAll = existing.variables['BRIDGE_OPEN'] === 'true';
  return { ...answers, bridge: await askBridge(asking, answers.bridge, ports, isOpenToAll) };
}
