/**
 * Where the first of them lies that is after the mark, found by halving.
 * @param all in ascending order of `by`
 * @returns an index; the length where none is
 */
export function firstAfter<Item>(all: readonly Item[], mark: number, by: (item: Item) => number): number {
  let [low, high] = [0, all.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (by(all[middle]!) > mark) high = middle
    else low = middle + 1
  }
  return low
}
