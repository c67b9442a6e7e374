// The part of raw-socket 1.8.1 that is used: its bare wrap, without the JavaScript queue (which loses TTLs).
declare module 'raw-socket' {
  export interface SocketWrap {
    on(event: 'recvReady' | 'sendReady' | 'error' | 'close', listener: () => void): void;
    removeAllListeners(event?: string): void;
    /** A synchronous sendto(); throws with strerror's text. Reopens the socket UNBOUND after close(). */
    send(buffer: Buffer, offset: number, length: number, address: string, sent: () => void): void;
    pause(receiving: boolean, sending: boolean): void;
    close(): void;
  }
  export interface Socket {
    readonly wrap: SocketWrap;
    setOption(level: number, option: number, value: Buffer | number, length?: number): void;
    getOption(level: number, option: number, value: Buffer, length: number): number;
    close(): void;
  }
  export const AddressFamily: { readonly IPv4: 1; readonly IPv6: 2 };
  export function createSocket(options: {
    protocol: number;
    addressFamily: 1 | 2;
    bufferSize?: number;
  }): Socket;
}
