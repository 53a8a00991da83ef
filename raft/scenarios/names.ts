/** Who takes part. Controllers have the ids of the labs. */
export const controllers = (...numbers: number[]) =>
  numbers.map((number) => ({ id: 100 + number, name: `controller-${number}` }))
export const brokers = (...numbers: number[]) => numbers.map((id) => ({ id, name: `broker-${id}` }))
