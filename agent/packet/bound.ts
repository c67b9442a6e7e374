// One raw socket bound to an interface: how it is made, whether it still is, and what its errors mean.
import { findDescriptor } from '@pathproof/packet-native';
import * as raw from 'raw-socket';
import { Failure } from '../../shared/failure.ts';
import type { Family } from '../../shared/ip.ts';
import { messageOf } from '../../shared/thrown.ts';

const solSocket = 1;
const soBindToDevice = 25;
const soCookie = 57;

export type RawSocket = raw.Socket;

const addressFamilies = { 4: raw.AddressFamily.IPv4, 6: raw.AddressFamily.IPv6 } as const;

const waysOut =
  'raw sockets need CAP_NET_RAW: run as the systemd unit (AmbientCapabilities=CAP_NET_RAW), or give it to a copy ' +
  'of node (sudo setcap cap_net_raw+ep COPY_OF_NODE; for probes alone), or run with sudo';

function create(family: Family, protocol: number): raw.Socket {
  try {
    return raw.createSocket({ protocol, addressFamily: addressFamilies[family], bufferSize: 16 });
  } catch (error) {
    const message = messageOf(error);
    throw new Failure(
      'noRawSockets',
      message.includes('not permitted') ? waysOut : `no raw socket: ${message}`,
      {
        cause: error,
      },
    );
  }
}

/** A socket whose set-up failed would live on UNBOUND and hear every interface (measured), so it is closed. */
export function createBound(family: Family, protocol: number, interfaceName: string): raw.Socket {
  const socket = create(family, protocol);
  try {
    const device = Buffer.from(`${interfaceName}\0`);
    socket.setOption(solSocket, soBindToDevice, device, device.length);
    return socket;
  } catch (error) {
    socket.close();
    const missing = messageOf(error).includes('No such device');
    throw new Failure(
      missing ? 'interfaceMissing' : 'noRawSockets',
      missing
        ? `there is no interface ${interfaceName}`
        : `can't bind to ${interfaceName}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** The name that the interface it is bound to bears now; null where that is gone. */
export function boundName(socket: raw.Socket): string | null {
  const name = Buffer.alloc(16);
  try {
    const length = socket.getOption(solSocket, soBindToDevice, name, name.length);
    return name.toString('latin1', 0, Math.max(0, length - 1));
  } catch {
    return null; // the device is gone
  }
}

export function descriptorOf(socket: raw.Socket): number {
  const cookie = Buffer.alloc(8);
  socket.getOption(solSocket, soCookie, cookie, cookie.length);
  return findDescriptor(cookie);
}

/** What sendto()'s errors mean for a bound socket; raw-socket passes strerror's text alone. */
export function sendFailure(message: string, interfaceName: string): Failure {
  if (message.includes('No such device')) return new Failure('interfaceMissing', `${interfaceName} is gone`);
  if (/Network is (unreachable|down)/.test(message)) {
    return new Failure('interfaceDown', `${interfaceName} is down or has no way to the target`);
  }
  return new Failure('sendRefused', `the kernel refused to send by ${interfaceName}: ${message}`);
}
