import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

/** Answers to virtual machines of one cloud only, though it lies in a public range. */
const cloudMetadata = '168.63.129.16';

/**
 * Whether an IP address is one of the public web: neither this machine's own nor loopback, private, link-local, shared, reserved,
 * multicast, nor an IPv6 form that hides an IPv4 address (IANA special-purpose registries).
 */
export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 0) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  // Of IPv6 only 2000::/3 is given out.
  if (address.kind() === 'ipv6' && ((address.toByteArray()[0] ?? 0) & 0xe0) !== 0x20) return false;
  const plain = address.toString();
  return plain !== cloudMetadata && !ownAddresses().has(plain);
}

/** A machine on the public web must not be asked by its own public address either. */
function ownAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return new Set(
    all
      .map(({ address }) => address.split('%', 1)[0] ?? '')
      .flatMap((text) => (ipaddr.isValid(text) ? [ipaddr.parse(text).toString()] : [])),
  );
}
