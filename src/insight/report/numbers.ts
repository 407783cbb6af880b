/** Between a number and its unit: they stay on one line. */
const NBSP = '\u00a0';

/** Time in words of three digits: `0.42 ms`, `12.3 ms`, `1.27 s`, `14 min`. */
export function duration(ms: number): string {
  const size = Math.abs(ms);
  if (size >= 7_200_000) return digits(ms / 3_600_000) + NBSP + 'h';
  if (size >= 120_000) return digits(ms / 60_000) + NBSP + 'min';
  if (size >= 1000) return digits(ms / 1000) + NBSP + 's';
  return digits(ms) + NBSP + 'ms';
}

export function megabytes(mb: number): string {
  return Math.abs(mb) >= 10_240 ? digits(mb / 1024) + NBSP + 'GB' : digits(mb) + NBSP + 'MB';
}

export function bytes(size: number): string {
  if (size < 1000) return `${digits(size)}${NBSP}B`;
  if (size < 1_000_000) return `${digits(size / 1000)}${NBSP}kB`;
  return `${digits(size / 1_000_000)}${NBSP}MB`;
}

export function count(value: number): string {
  return grouped(Math.round(value).toString());
}

/** `1 request`, `301 requests`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)}${NBSP}${value === 1 ? one : many}`;
}

export function share(part: number): string {
  return `${fixed(part * 100, 1)}${NBSP}%`;
}

/** How often one goes into the other: `22×`, `1.4×`. */
export function multiple(factor: number): string {
  return `${factor >= 10 ? count(factor) : digits(factor, 2)}×`;
}

/** Three significant digits without an exponent, thousands set apart: `0.0042`, `1.2`, `12.3`, `1,204`. */
export function digits(value: number, significant = 3): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.floor(Math.log10(Math.abs(value))) + 1;
  if (size > 15) return value.toExponential(significant - 1).replace('e+', 'e');
  const places = Math.min(Math.max(significant - size, 0), 9);
  const text = value.toFixed(places);
  return grouped(places > 0 ? text.replace(/\.?0+$/, '') : text);
}

/** One column of a table: the same number of decimals everywhere, so that the points stand below one another. */
export function column(values: readonly (number | undefined)[]): string[] {
  const places = placesOf(values);
  return values.map((value) => (value === undefined ? '–' : fixed(value, places)));
}

/** As many decimals as the smaller of the values need; that at a quarter decides, so that one tiny value does not lengthen all. */
export function placesOf(values: readonly (number | undefined)[]): number {
  const sizes = values
    .flatMap((value) =>
      value === undefined || value === 0 || !Number.isFinite(value) ? [] : [Math.abs(value)],
    )
    .sort((a, b) => a - b);
  const decisive = sizes[Math.floor((sizes.length - 1) / 4)];
  if (decisive === undefined || decisive >= 100) return 0;
  // Beside thousands nobody reads hundredths.
  if ((sizes.at(-1) ?? 0) >= 1000) return 1;
  return decisive >= 10 ? 1 : decisive >= 0.1 ? 2 : 3;
}

/** With this number of decimals, thousands set apart. */
export function fixed(value: number, places: number): string {
  if (!Number.isFinite(value)) return '–';
  return Math.abs(value) >= 1e15 ? digits(value) : grouped(value.toFixed(places));
}

function grouped(text: string): string {
  const [whole = '', rest] = text.split('.');
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return rest === undefined ? apart : `${apart}.${rest}`;
}
