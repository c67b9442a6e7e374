#!/usr/bin/env node
// The `pathproof` command: sets up what a clone lacks, then does what the command line says.
import { prepare } from './prepare.mjs';

await prepare(2);
await import('../dist/agent/cli.js');
