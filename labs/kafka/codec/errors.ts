/** Bytes that are not what they claim to be. Says where, so that a reader of a log can go on behind it. */
export class DecodeError extends Error {
  override readonly name: string = 'DecodeError'
  constructor(
    readonly reason: string,
    /** byte offset in the buffer being decoded */
    readonly position: number,
  ) {
    super(`${reason} at byte ${position}`)
  }
}

/** Bytes that are well formed but that this program cannot read: a codec it lacks, a future version. */
export class UnsupportedError extends DecodeError {
  override readonly name = 'UnsupportedError'
}

/** A value of ours that does not fit the schema: a mistake in this program, never of a peer. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError'
}
