/** One thing that was looked at. */
export interface Check {
  name: string;
  /** `warning`: works, but less well. */
  status: 'ok' | 'warning' | 'error';
  /** What is there. */
  found: string;
  /** What to do about it. */
  fix?: string;
}

export function ok(name: string, found: string): Check {
  return { name, status: 'ok', found };
}

export function warning(name: string, found: string, fix: string): Check {
  return { name, status: 'warning', found, fix };
}

export function failed(name: string, found: string, fix: string): Check {
  return { name, status: 'error', found, fix };
}
