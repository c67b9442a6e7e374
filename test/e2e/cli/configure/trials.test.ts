// Answers that fail their trial with real packets and sockets: told, and asked again.
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { keys } from '../../../fixtures/pty.ts';
import { instead } from '../../../fixtures/wizard.ts';
import { agentNode, run } from '../../../lab/programs.ts';
import { answerRest, read, setUp, wizard } from './kit.ts';

setUp();

describe('an answer that fails its trial', () => {
  it('of a gateway that nobody has is told, and asked again', async () => {
    await run(agentNode, ['ip', 'route', 'del', 'default', 'dev', 'eth1']);
    try {
      await using again = wizard();
      await again.until(/eth1 +up +192\.168\.2\.10 +- +-/);
      await again.answer('your ways out?', `${keys.down}${keys.space}${keys.enter}`);
      await again.answer('A name for eth0', keys.enter);
      await again.answer('Does data over', keys.enter);
      await again.answer('A name for eth1', instead('lte'));
      await again.answer('The gateway of eth1', instead('192.168.2.77'));
      await again.until('192.168.2.77 by lte (eth1): no reply to 3 echoes');
      await again.answer('Keep it anyway?', 'n');
      await again.answer('The gateway of eth1', keys.enter);
      await again.until('192.168.2.1 by lte (eth1): 3 of 3 echoes back');
    } finally {
      await run(agentNode, [
        'ip',
        'route',
        'add',
        'default',
        'via',
        '192.168.2.1',
        'dev',
        'eth1',
        'metric',
        '200',
      ]);
    }
  });

  it('of a port that another program has is told', async () => {
    const server = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => server.listen(8080, '127.0.0.1', resolve));
    try {
      await using terminal = wizard();
      await answerRest(terminal);
      await terminal.until('127.0.0.1:8080 is taken by another program: choose another port');
      await terminal.answer('Keep it anyway?', 'n');
      await terminal.answer('Where should the HTTP bridge listen', `${keys.up}${keys.enter}`);
      await terminal.answer('At which port?', instead('8081'));
      await terminal.until('0.0.0.0:8081 is free');
      await terminal.until('+BRIDGE_TOKEN=(hidden)');
      await terminal.answer('Write this?', keys.enter);
      expect(await terminal.ended()).toBe(0);
      expect(read('agent.env')).toMatch(
        /^SERVER_ADDRESS=0\.0\.0\.0\n(.*\n)*SERVER_PORT=8081\n(.*\n)*BRIDGE_TOKEN=[\w-]{32}\n/m,
      );
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
