'use strict';

const SPAN = 5;
const DAMPING = 0.85;
const ROUNDS = 10;
const KINDS = new Set(['ns', 'n', 'vn', 'v']);

// Keywords by TextRank: words are linked when they stand near each other, then ranked as pages are.
function textrank(tagged, top) {
  const counted = ({ word, tag }) => KINDS.has(tag) && word.length >= 2;
  const links = new Map();
  const link = (from, to) => {
    if (!links.has(from)) links.set(from, new Map());
    links.get(from).set(to, (links.get(from).get(to) || 0) + 1);
  };
  tagged.forEach((first, index) => {
    if (!counted(first)) return;
    for (const second of tagged.slice(index + 1, index + SPAN)) {
      if (!counted(second)) continue;
      link(first.word, second.word);
      link(second.word, first.word);
    }
  });

  const words = [...links.keys()].sort();
  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
  const strength = new Map(words.map((word) => [word, sum([...links.get(word).values()])]));
  const rank = new Map(words.map((word) => [word, 1 / words.length]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const word of words) {
      const votes = [...links.get(word)].map(([other, weight]) => (weight / strength.get(other)) * rank.get(other));
      rank.set(word, 1 - DAMPING + DAMPING * sum(votes));
    }
  }
  const best = Math.max(...rank.values());
  return words
    .map((word) => ({ keyword: word, weight: rank.get(word) / best }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, top);
}

module.exports = { textrank };
