// The configuration: what mends a problem with it.
import { expect, it } from 'vitest';
import { judgeProblems } from '../../../../agent/cli/doctor/configuration.ts';

it('the configuration is mended where it is wrong', () => {
  const problems = [
    { path: 'SERVER_PORT', message: 'must be a whole number' },
    { path: 'agent.env line 3', message: 'is neither' },
    { path: '/etc/pathproof/config.yaml', message: 'uplinks.lte: unknown key' },
  ];
  expect(judgeProblems(problems).map(({ mend }) => mend[0])).toEqual([
    'SERVER_PORT=… in agent.env, or in the environment',
    'edit agent.env line 3',
    'edit /etc/pathproof/config.yaml',
  ]);
});
