/** As a library gets it that wanted to connect. */
export function refusal(message: string): Error {
  return Object.assign(new Error(message), { code: 'HOST_REFUSED' });
}
