// Who is asked for the public address where the file names nobody. Contacted by egress probes alone.

/**
 * In the order they are asked: STUN costs a packet each way, a page its TLS handshake as well. Chosen are those that
 * answer over IPv4 and IPv6 alike, of different owners, any of whom may be blocked or gone.
 */
export const builtInEgressServers: readonly string[] = [
  'stun:stun.cloudflare.com:3478',
  'stun:stun.l.google.com:19302',
  'stun:stun.nextcloud.com:443',
  'https://api64.ipify.org/',
  'https://icanhazip.com/',
  'https://ifconfig.me/ip',
  'https://ident.me/',
];
