/** Set-up writes these bytes beside the programs of the rooms. */
import { seccompFilter } from './filter.ts'

export default seccompFilter
