/** What a token of a class lets a program read. */
export const API_SCOPES = ['classes', 'learners', 'results'] as const
export type ApiScope = (typeof API_SCOPES)[number]
