/**
 * Builds the function that prints one version of one message: straight-line code, somewhat quicker than closures
 * in closures. What comes from a schema gets into the code as a constant, never as text.
 */
import { Fragment, type JsonWriter } from './json-writer.ts'
import type { Reader } from './reader.ts'

export type Print = (reader: Reader, json: JsonWriter) => void

export class Printer {
  readonly #code: string[] = []
  readonly #constants: unknown[] = []
  #names = 0
  /** JSON that is always written here: joined with what follows */
  #literal = ''

  /** @returns the constant's name in the code */
  constant(value: unknown): string {
    this.#constants.push(value)
    return `c${this.#constants.length - 1}`
  }

  /** @returns a variable's name that nobody else has */
  name(): string {
    return `v${this.#names++}`
  }

  /** Writes JSON. */
  literal(json: string): void {
    this.#literal += json
  }

  /** Adds code, in which `reader` and `json` are the two. */
  add(code: string): void {
    this.#flush()
    this.#code.push(code)
  }

  fail(reason: string): string {
    return `reader.fail(${this.constant(reason)})`
  }

  #flush(): void {
    if (this.#literal === '') return
    this.#code.push(`json.raw(${this.constant(new Fragment(this.#literal))})`)
    this.#literal = ''
  }

  finish(): Print {
    this.#flush()
    const names = this.#constants.map((_, index) => `c${index}`)
    const make = new Function(...names, `return (reader, json) => {\n${this.#code.join('\n')}\n}`)
    return make(...this.#constants) as Print
  }
}
