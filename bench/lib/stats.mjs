// Medians and ratios of interleaved rounds.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Ours against the fastest of the others. `rounds`: {name: figure per round}. The ratio is the median of
 * the ratios of single rounds: what slows the machine down for a while slows both.
 */
export function compare(rounds, ours) {
  const others = Object.keys(rounds).filter((name) => name !== ours);
  const peer = others.reduce((best, name) => (median(rounds[name]) < median(rounds[best]) ? name : best));
  const ratios = rounds[ours].map((figure, round) => figure / rounds[peer][round]);
  return {
    subject: round2(median(rounds[ours])),
    baseline: round2(median(rounds[peer])),
    peer,
    ratio: round2(median(ratios)),
    spread: [round2(Math.min(...ratios)), round2(Math.max(...ratios))],
    all: Object.fromEntries(Object.entries(rounds).map(([name, figures]) => [name, round2(median(figures))])),
  };
}

export function round2(value) {
  return Math.round(value * 100) / 100;
}
