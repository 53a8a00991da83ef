const HINGE = /(?<=[A-Za-z0-9][._=:,/])(?!ms$)(?=[^._=:,/]{2})|(?<=[a-z0-9])(?=[A-Z][a-z]{2})/

/** The parts of a long name, as a reader would break it: behind a dot or the like, and before a hump; `ms` never stands alone. */
export const hinged = (word: string): string[] => word.split(HINGE)
