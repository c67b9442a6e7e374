// A program that switches by failover's routes, for the tests that kill it. Its one argument is what it is to do.
import * as z from 'zod';
import {
  type Desired,
  type RouteSettings,
  createRoutes,
  takeLock,
} from '../../../agent/uplink/routes/index.ts';

export interface Errand {
  settings: RouteSettings;
  stateDir: string;
  wishes: Desired[];
}

// Written by the test itself.
const errand = z.custom<Errand>().parse(JSON.parse(process.argv[2] ?? ''));
const quiet = (): void => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
await takeLock();
const routes = createRoutes({ ...errand, log });
for (const desired of errand.wishes) await routes.reconcile(desired);
await routes.restore();
