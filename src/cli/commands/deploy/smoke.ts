import { errorMessage } from '../../../lib/errors.ts';

/** How an address answered. */
export interface SmokeAnswer {
  url: string;
  /** `200 in 4 ms` */
  text: string;
  status?: number;
  /** Answered, and not with an error of the server. */
  isGood: boolean;
}

const TIMEOUT_MS = 15_000;

/** One request to what was deployed: it is better to know now. */
export async function smokeRequest(url: string): Promise<SmokeAnswer> {
  const began = performance.now();
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.arrayBuffer();
    const { status } = response;
    const isGood = status < 500;
    const more = isGood ? '' : ' (ropeway logs --errors shows why)';
    return { url, status, isGood, text: `${status} in ${Math.round(performance.now() - began)} ms${more}` };
  } catch (error) {
    return { url, isGood: false, text: `no answer: ${errorMessage(error)}` };
  }
}
