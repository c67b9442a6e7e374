// What the programs that the agent starts inherit of its environment: no secret, and a language whose words are known.
import { readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { startAgent } from '../lab/agent.ts';

/** The environments of a process's children, as they were started. */
function environmentsOfChildren(pid: number | undefined): string[][] {
  const tasks = `/proc/${pid}/task`;
  const children = readdirSync(tasks).flatMap((task) =>
    readFileSync(`${tasks}/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
  return children.map((child) => readFileSync(`/proc/${child}/environ`, 'utf8').split('\0'));
}

it('is no secret of its own, and no language of the user', async () => {
  const secret = 's3cret-t0ken';
  const env = {
    BRIDGE_TOKEN: secret,
    IPINFO_TOKEN: secret,
    MQTT_URL: `mqtt://me:${secret}@127.0.0.1:1`,
    MQTT_USERNAME: 'me',
    MQTT_PASSWORD: secret,
    LANG: 'de_DE.UTF-8',
    LC_ALL: 'de_DE.UTF-8',
  };
  await using agent = await startAgent({ env });
  // ip monitor runs as long as the agent does.
  const [environment = []] = environmentsOfChildren(agent.child.pid);
  expect(environment).toContain('LC_ALL=C');
  expect(environment.filter((variable) => variable.includes(secret))).toEqual([]);
});
