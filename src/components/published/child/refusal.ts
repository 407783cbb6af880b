/** As a library gets it that wanted to connect. */
export function refusal(message: string): Error {
  return Object.assign(new Error(message), { code: 'HOST_REFUSED' });
}

/** For what does not say what it wants before it is connected. */
export function overHttpOnly(host: string): string {
  return `No connection to ${host}: it may be reached over HTTP only, by http.request, https.request or fetch.`;
}
