/**
 * One array parameter of a statement, put together value by value in Postgres' own binary form: node-postgres hands a
 * Buffer on as it is. As text a hundred thousand rows are a tenth of a second in one piece, on the thread that serves
 * calls. Give it to `$n::int8[]` or `$n::text[]`; nulls are not foreseen.
 */
export class ArrayColumn {
  readonly #type: number
  #bytes = Buffer.allocUnsafe(1_024)
  #at = HEAD
  #length = 0

  constructor(type: 'int8' | 'text') {
    this.#type = OIDS[type]
  }

  get length(): number {
    return this.#length
  }

  /** A whole number, exact up to 2^53. */
  pushNumber(value: number): void {
    this.#reserve(12)
    const high = Math.floor(value / 2 ** 32)
    this.#at = this.#bytes.writeInt32BE(8, this.#at)
    this.#at = this.#bytes.writeInt32BE(high, this.#at)
    this.#at = this.#bytes.writeUInt32BE(value - high * 2 ** 32, this.#at)
    this.#length++
  }

  pushText(value: string): void {
    // Three bytes for each unit is the most that UTF-8 takes.
    this.#reserve(4 + value.length * 3)
    const bytes = this.#bytes.write(value, this.#at + 4)
    this.#bytes.writeInt32BE(bytes, this.#at)
    this.#at += 4 + bytes
    this.#length++
  }

  /** As Postgres reads it (`array_recv`): dimensions, no nulls, type, length, first index, values. The column takes no more after that. */
  toBuffer(): Buffer {
    const head = [1, 0, this.#type, this.#length, 1]
    for (const [i, word] of head.entries()) this.#bytes.writeInt32BE(word, i * 4)
    return this.#bytes.subarray(0, this.#at)
  }

  #reserve(more: number): void {
    if (this.#at + more <= this.#bytes.length) return
    const wider = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + more))
    this.#bytes.copy(wider, 0, 0, this.#at)
    this.#bytes = wider
  }
}

const HEAD = 20
/** From Postgres' catalogue `pg_type`, the same in every version. */
const OIDS = { int8: 20, text: 25 }
