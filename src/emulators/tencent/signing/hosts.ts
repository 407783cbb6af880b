/**
 * The texts that a client can have meant by the host that it signs, when it sent this `Host`: what it sent; the same without the
 * port, as Node's SDK does; and what is left of a whole URL, which Python's SDK sends and signs when its endpoint is one.
 */
export function hostForms(host: string): string[] {
  const bare = host.replace(/^https?:\/\//i, '').replace(/\/.*$/, '');
  return [...new Set([host, bare, bare.replace(/:\d+$/, '')])];
}

/** What clients make the service's name of when they only know an endpoint: all before its first dot (`127`, `localhost:4567`, `scf`). */
export function serviceLabels(host: string): string[] {
  return [...new Set(hostForms(host).map((form) => form.split('.')[0]!))];
}
