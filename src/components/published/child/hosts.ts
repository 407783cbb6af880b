import type { HostRedirect } from '../messages.ts';

/** What becomes of a request. */
export type Treatment =
  | { kind: 'direct' }
  | { kind: 'redirect'; url: string }
  /** Answered here with this JSON; nothing is sent. */
  | { kind: 'answer'; body: string; why: string }
  | { kind: 'refuse'; message: string };

/**
 * Where the published components report who deploys what, and ask whether the account has passed the cloud's real-name check. They end
 * the process when either fails, so both are answered here; the cloud makes the check itself on every call.
 */
const REPORTS: { host: string; path: string; body: string; why: string }[] = [
  {
    host: 'service-ocnymoks-1258344699.gz.apigw.tencentcs.com',
    path: '/release/getUserAuthInfo',
    body: '{"Error":false,"Message":{"Authentication":1}}',
    why: 'the real-name check is left to the cloud',
  },
  {
    host: 'service-ocnymoks-1258344699.gz.apigw.tencentcs.com',
    path: '',
    body: '{}',
    why: 'a usage report was not sent',
  },
  ...[
    '*.segment.io',
    '*.segment.com',
    '*.mixpanel.com',
    '*.amplitude.com',
    '*.google-analytics.com',
    '*.sentry.io',
    'tracking.serverless.com',
    'tracker.serverless.com',
  ].map((host) => ({ host, path: '', body: '{}', why: 'a usage report was not sent' })),
];

/** Where a person would have to log in with a telephone. */
const LOG_IN = ['scfdev.tencentserverless.com', 'slslogin.qq.com'];

/** Decides by host (with or without port) and path. Without redirects everything but reports and log-ins goes where it wants to. */
export function treatmentOf(address: string, path: string, redirects: HostRedirect[] | undefined): Treatment {
  const host = hostName(address);
  const report = REPORTS.find((one) => fits(one.host, host) && path.startsWith(one.path));
  if (report !== undefined) return { kind: 'answer', body: report.body, why: report.why };
  if (LOG_IN.some((one) => fits(one, host))) {
    return {
      kind: 'refuse',
      message: `Logging in at ${host} needs a person; give credentials instead (TENCENT_SECRET_ID, TENCENT_SECRET_KEY).`,
    };
  }
  if (redirects === undefined || isLoopback(host)) return { kind: 'direct' };
  const redirect = redirects.find((one) => fits(one.host, host));
  if (redirect !== undefined) return { kind: 'redirect', url: redirect.url };
  if (redirects.some((one) => hostName(new URL(one.url).host) === host)) return { kind: 'direct' };
  return {
    kind: 'refuse',
    message: `No connection to ${host}: this run is offline, and nothing stands in for that host.`,
  };
}

/** `*.b.c` fits `a.b.c`, not `b.c` itself; `*` fits everything. */
export function fits(pattern: string, host: string): boolean {
  const wanted = pattern.toLowerCase();
  if (wanted === '*') return true;
  return wanted.startsWith('*.') ? host.endsWith(wanted.slice(1)) : host === wanted;
}

/** `API.example.com:443` → `api.example.com`, `[::1]:80` → `::1`. */
export function hostName(address: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(address);
  if (bracketed !== null) return bracketed[1]!.toLowerCase();
  // More than one colon is an IPv6 address without brackets.
  const name = address.split(':').length === 2 ? address.slice(0, address.indexOf(':')) : address;
  return name.replace(/\.$/, '').toLowerCase();
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '0.0.0.0' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
