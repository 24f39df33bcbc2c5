/** x of A·x = b for a small square matrix, by elimination with the largest pivot. */
export function solveLinear(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  const size = rows.length;
  const at = (row: number, column: number): number => (rows[row] as number[])[column] as number;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) if (Math.abs(at(row, column)) > Math.abs(at(pivot, column))) pivot = row;
    [rows[column], rows[pivot]] = [rows[pivot] as number[], rows[column] as number[]];
    for (let row = column + 1; row < size; row++) {
      const factor = at(row, column) / at(column, column);
      rows[row] = (rows[row] as number[]).map((value, k) => value - factor * at(column, k));
    }
  }
  const solution = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    const rest = solution.reduce((sum, value, k) => sum + (k > row ? at(row, k) * value : 0), 0);
    solution[row] = (at(row, size) - rest) / at(row, row);
  }
  return solution;
}
