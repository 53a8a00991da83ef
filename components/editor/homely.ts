/** As a shell writes it: /home/learner/clients → ~/clients */
export const homely = (path: string): string => path.replace(/^\/home\/learner(?=\/)/, '~')
