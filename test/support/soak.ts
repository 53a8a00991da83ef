/** Whether all of the long ones run (`npm run test:soak`), or a sample of each, as in `npm test`. */
export const SOAK = process.env.KRAFTLAB_SOAK === '1'
