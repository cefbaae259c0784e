import { BlockList, isIP } from "node:net";

/** Splits `host:port`, `[v6]:port` or a host alone. An IPv6 address without brackets has no port. */
function split(entry: string): { host: string; port: string } {
  const [, bracketed, plain, port = ""] = entry.match(/^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/) ?? [];
  return { host: bracketed ?? plain ?? entry, port };
}

const family = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");

function isInRange(host: string, range: string): boolean {
  const [network = "", bits = ""] = range.split("/");
  const most = isIP(network) === 6 ? 128 : 32;
  if (isIP(host) === 0 || isIP(network) !== isIP(host) || !/^\d+$/.test(bits) || Number(bits) > most) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family(network));
  return list.check(host, family(host));
}

/** Whether an entry of NO_PROXY matches a host. It is a range, an address, or a domain with its subdomains. */
function matches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return isInRange(host, entry);
  const named = split(entry);
  if (named.port && named.port !== port) return false;
  if (isIP(named.host)) return isInRange(host, `${named.host}/${isIP(named.host) === 6 ? 128 : 32}`);
  const domain = named.host.replace(/^\*(?=\.)/, "");
  return domain.startsWith(".") ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/**
 * Returns the proxy for a server, else undefined, by the rules of Go's HTTP client and so of kubectl. The server's scheme
 * selects HTTPS_PROXY or HTTP_PROXY. Loopback addresses and hosts in NO_PROXY get no proxy. Pure.
 */
export function proxyFor(server: string, env: NodeJS.ProcessEnv): string | undefined {
  if (!URL.canParse(server)) return undefined;
  const { protocol, hostname, port } = new URL(server);
  const first = (name: string): string | undefined => env[name] || env[name.toLowerCase()];
  const proxy = first(protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
  const host = split(hostname.toLowerCase()).host;
  if (!proxy || host === "localhost" || (isIP(host) && loopback.check(host, family(host)))) return undefined;
  const number = port || (protocol === "https:" ? "443" : "80");
  const exceptions = (first("NO_PROXY") ?? "").split(",").map((entry) => entry.trim().toLowerCase());
  if (exceptions.some((entry) => entry && matches(entry, host, number))) return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}
