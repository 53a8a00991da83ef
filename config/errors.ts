/** Every error a person can meet has a code, an HTTP status and a sentence that says what to do next. */
export const ERROR_CODES = [
  'BAD_REQUEST',
  'NOT_SIGNED_IN',
  'NOT_YOURS',
  'NOT_ALLOWED',
  'WRONG_PASSWORD',
  'TOO_MANY_TRIES',
  'LINK_USED',
  'LAST_ADMINISTRATOR',
  'LAST_INSTRUCTOR',
  'NOT_YOUR_CLASS',
  'CLASS_ARCHIVED',
  'JOIN_CLOSED',
  'ALREADY_MEMBER',
  'BAD_TOKEN',
  'OUT_OF_SCOPE',
  'TOO_MANY_REQUESTS',
  'NOT_FOUND',
  'WRONG_ORIGIN',
  'UNKNOWN_LAB',
  'BROKEN_LAB',
  'TOO_MANY_ROOMS',
  'ROOM_FAILED',
  'ROOM_ENDED',
  'ALREADY_SO',
  'NOT_AT_PROMPT',
  'TOO_MANY_TERMINALS',
  'UNKNOWN_HOST',
  'UNKNOWN_TERMINAL',
  'UNKNOWN_SNAPSHOT',
  'UNKNOWN_COMMAND',
  'NOT_TRIED',
  'HOST_UNAVAILABLE',
  'UNAVAILABLE',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

export const ERRORS: Record<ErrorCode, { status: number; message: string }> = {
  BAD_REQUEST: { status: 400, message: 'The request was not understood. Reload the page and try again.' },
  NOT_SIGNED_IN: { status: 401, message: 'Your sign-in has ended. Reload the page to go on.' },
  NOT_YOURS: { status: 403, message: 'This lab session belongs to somebody else. Start your own from the lesson.' },
  NOT_ALLOWED: { status: 403, message: 'Your account may not do that. Ask an administrator of this Kraftlab.' },
  WRONG_PASSWORD: { status: 403, message: 'That is not your password. Nothing was changed.' },
  TOO_MANY_TRIES: { status: 429, message: 'Too many tries with this address. Wait a minute and try again.' },
  LINK_USED: {
    status: 410,
    message: 'This link is not valid, or was used already. There is an administrator: ask them for a role.',
  },
  LAST_ADMINISTRATOR: {
    status: 409,
    message: 'You are the only administrator. Make somebody else one first.',
  },
  LAST_INSTRUCTOR: { status: 409, message: 'A class needs an instructor. Add somebody else first.' },
  NOT_YOUR_CLASS: { status: 403, message: 'You do not teach this class. Ask one of its instructors to add you.' },
  CLASS_ARCHIVED: { status: 409, message: 'This class is archived. Bring it back to change it.' },
  JOIN_CLOSED: {
    status: 410,
    message: 'This link does not let anybody in any more. Ask your instructor for a new one.',
  },
  ALREADY_MEMBER: { status: 409, message: 'They are in this class already.' },
  BAD_TOKEN: {
    status: 401,
    message: 'Send a token of a class, as `Authorization: Bearer …`. This one is wrong or over.',
  },
  OUT_OF_SCOPE: { status: 403, message: 'This token was not made for that. Make one with this scope.' },
  TOO_MANY_REQUESTS: { status: 429, message: 'Too many requests with this token. Wait as long as Retry-After says.' },
  NOT_FOUND: { status: 404, message: 'There is nothing here. Go back to the course and start the lab again.' },
  WRONG_ORIGIN: { status: 403, message: 'The request came from another site. Open Kraftlab itself and try again.' },
  UNKNOWN_LAB: { status: 404, message: 'There is no such lab. Go back to the course page.' },
  BROKEN_LAB: {
    status: 503,
    message: 'This lab has a mistake in its definition and cannot start. The others still work.',
  },
  TOO_MANY_ROOMS: {
    status: 503,
    message: 'All rooms are taken. End another lab of yours, or try again in a few minutes.',
  },
  ROOM_FAILED: { status: 503, message: 'The room could not start. Try again; nothing was left behind.' },
  ROOM_ENDED: { status: 410, message: 'This room has ended. Your progress is kept: start a new room to go on.' },
  ALREADY_SO: { status: 409, message: 'It is in that state already: nothing was changed.' },
  NOT_AT_PROMPT: { status: 409, message: 'The terminal is busy. Press Ctrl-C in it, or open a new one.' },
  TOO_MANY_TERMINALS: { status: 409, message: 'This room has as many terminals as it can hold. Close one first.' },
  UNKNOWN_HOST: { status: 404, message: 'There is no host of that name in this room.' },
  UNKNOWN_TERMINAL: { status: 404, message: 'This terminal has ended. Open a new one.' },
  UNKNOWN_SNAPSHOT: { status: 404, message: 'This snapshot is not there any more. Choose another one.' },
  UNKNOWN_COMMAND: {
    status: 404,
    message: 'The log of that time is not kept any more. Choose a command of this room.',
  },
  NOT_TRIED: {
    status: 409,
    message: 'Try this step first: the solution is shown once you have opened its hints, or worked at it for a while.',
  },
  HOST_UNAVAILABLE: { status: 503, message: 'The host does not answer just now. Try again in a second.' },
  UNAVAILABLE: { status: 503, message: 'Kraftlab is starting or busy. Try again in a moment.' },
}

/** An error that is a value to a caller: thrown inside one process, sent as `{ code, message }` across. */
export class KraftlabError extends Error {
  override readonly name = 'KraftlabError'
  constructor(
    readonly code: ErrorCode,
    /** what was the matter this time; the code's own sentence where left out */
    message: string = ERRORS[code].message,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
  get status(): number {
    return ERRORS[this.code].status
  }
}
