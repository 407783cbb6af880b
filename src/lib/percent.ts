/** A share as people write it: 0.1 is `10 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
