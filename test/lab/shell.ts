// `npm run lab`: the lab, and a shell in the agent's place for a person to try things; or a program with its arguments.
import { spawn } from 'node:child_process';
import { createLab } from './topology.ts';

const [program, ...words] = process.argv.slice(2);
const lab = await createLab();
const rows = Object.values(lab.uplinks).map(({ name, interface: device, address, hops }) =>
  [name.padEnd(6), device.padEnd(5), address.padEnd(13), hops.join(' → ')].join(' '),
);
if (program === undefined)
  console.log(`
A lab of network namespaces; this shell is where the agent is. Nothing here reaches the real network.

  ${rows.join('\n  ')}
  1.1.1.1 and 8.8.8.8 answer, 192.0.2.1 is silent, 192.0.2.2 unreachable, 192.0.2.3 prohibited.

  npm start                                             the agent, its broker and its bridge
  ping -c 3 -I eth1 1.1.1.1                             20 ms, by lte
  traceroute -I -n -i eth1 1.1.1.1                      4 hops
  tcpdump -ni eth1 icmp                                 (as real root)
  ip link set eth1 down                                 lte's interface down
  ip -n relay link set lte-in down                      its carrier lost
  ip -n relay link set lte-out down                     its line cut, unseen by the agent's kernel
  ip netns exec internet tcpdump -ni lte                what arrives at the other end
  ip netns                                              the other nodes
  exit                                                  all of it is gone
`);
// Ctrl-C is for what runs in the shell.
process.on('SIGINT', () => undefined);
const shell = spawn(program ?? process.env['SHELL'] ?? 'bash', words, { stdio: 'inherit' });
const status = await new Promise<number>((resolve, reject) => {
  shell.once('error', reject);
  shell.once('close', (code) => {
    resolve(code ?? 1);
  });
});
await lab.stop();
process.exitCode = status;
