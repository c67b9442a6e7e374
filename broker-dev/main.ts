// `npm run broker`: the embedded broker alone, for trying things out. `--port 1884` chooses another port.
import { parseArgs } from 'node:util';
import { codeOf } from '../shared/thrown.ts';
import type { Log } from '../agent/log.ts';
import { startBroker } from './broker.ts';

const quiet = (): void => undefined;
const complain = (fields: object, message: string): void => {
  process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
};
const log: Log = { debug: quiet, info: quiet, warn: complain, error: complain };

function readPort(argv: string[]): number {
  const { values } = parseArgs({ args: argv, options: { port: { type: 'string', default: '1883' } } });
  const port = Number(values.port);
  if (!/^\d{1,5}$/.test(values.port) || port > 65535) {
    throw new Error(`--port must be a number from 0 to 65535, not ${values.port}`);
  }
  return port;
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (codeOf(error) !== 'EADDRINUSE') return error.message;
  return `The port is taken (${error.message}): is another broker running? Choose one with --port 1884.`;
}

try {
  const broker = await startBroker({ port: readPort(process.argv.slice(2)), log });
  process.stdout.write(`MQTT broker (3.1.1) listens on mqtt://127.0.0.1:${broker.port}\n`);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void broker.stop();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
