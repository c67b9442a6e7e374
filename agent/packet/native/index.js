// The compiled part by its names; ES modules can't load an addon themselves.
import { createRequire } from 'node:module';

export const {
  closeOnExec,
  enableSendStamps,
  enableStamps,
  findDescriptor,
  isClockSynchronised,
  realtimeUs,
  receive,
  receiveSent,
} = createRequire(import.meta.url)('./build/Release/packet_native.node');
