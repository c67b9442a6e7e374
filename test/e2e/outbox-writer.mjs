// A process that keeps events until it is killed, and says the id of each once it is kept: argv: the folder.
import { writeSync } from 'node:fs';
import { now } from '../../dist/agent/clock.js';
import { openOutbox } from '../../dist/agent/publish/outbox.js';
import { openStore } from '../../dist/agent/store/index.js';
import { newEvent } from '../../dist/shared/event.js';

const [, , folder = ''] = process.argv;
const say = (_fields, message) => writeSync(2, `${message}\n`);
const log = { debug: () => undefined, info: say, warn: say, error: say };
const store = await openStore(folder, log);
const outbox = await openOutbox({
  agent: 'pi',
  store,
  log,
  now,
  publish: () => undefined,
  isConnected: () => false,
});
for (let number = 0; ; number += 1) {
  outbox.measurement({ topic: 'm', payload: 'x'.repeat(300), qos: 1, retain: false, expirySeconds: 3600 });
  const event = newEvent('monitor.down', 'lte', { evidence: { number } }, Date.now());
  const alongside = [{ part: 'monitors', key: 'lte', value: { last: event.id } }];
  await outbox.event(event, alongside);
  writeSync(1, `${event.id}\n`);
}
