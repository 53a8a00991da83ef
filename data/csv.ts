/** CSV that spreadsheets open: RFC 4180, and no cell that they would run as a formula. */
import { stringify } from 'csv-stringify/sync'

type Cell = string | number | null

/** A name that begins with =, +, -, @, a tab or a carriage return gets an apostrophe before it (OWASP, CSV injection). */
export function toCsv(rows: Cell[][]): string {
  return stringify(rows, { escape_formulas: true, record_delimiter: 'windows' })
}
