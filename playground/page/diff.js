// Two texts, line by line: what went, what came, and what stayed around it.

/** More than this is not compared, only told. */
const MOST = 4_000_000;
/** Lines around a difference that are shown. */
const AROUND = 2;

/** `[{sign: "-" | "+" | " ", line} | {left: n}]`; nothing where there is no difference. */
export function difference(before, after) {
  if (before === after) return [];
  const [old, now] = [linesOf(before), linesOf(after)];
  let [head, tail] = [0, 0];
  while (head < old.length && old[head] === now[head]) head += 1;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const stayed = (lines) => lines.map((line) => ({ sign: " ", line }));
  const middle = between(old.slice(head, old.length - tail), now.slice(head, now.length - tail));
  return folded([...stayed(old.slice(0, head)), ...middle, ...stayed(old.slice(old.length - tail))]);
}

const linesOf = (text) => (text === "" ? [] : text.split("\n"));

/** By the longest common subsequence. */
function between(old, now) {
  const [gone, came] = [old.map((line) => ({ sign: "-", line })), now.map((line) => ({ sign: "+", line }))];
  if (old.length * now.length > MOST) return [...gone, ...came];
  const best = lengths(old, now);
  const steps = [];
  let [i, j] = [0, 0];
  while (i < old.length && j < now.length) {
    if (old[i] === now[j]) steps.push({ sign: " ", line: old[(j += 1, i++)] });
    else if (best[i + 1][j] >= best[i][j + 1]) steps.push(gone[i++]);
    else steps.push(came[j++]);
  }
  return [...steps, ...gone.slice(i), ...came.slice(j)];
}

/** Of the longest common subsequence from each pair of lines on. */
function lengths(old, now) {
  const best = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      best[i][j] = old[i] === now[j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
    }
  }
  return best;
}

/** Without what is far from every difference; one line takes no more room than to say that it is left out. */
function folded(steps) {
  const isNear = (at) => at < 0 || at >= steps.length || steps.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(({ sign }) => sign !== " ");
  const shown = [];
  for (const [at, step] of steps.entries()) {
    if (isNear(at) || (isNear(at - 1) && isNear(at + 1))) shown.push(step);
    else if (shown.at(-1)?.left) shown.at(-1).left += 1;
    else shown.push({ left: 1 });
  }
  return shown;
}
