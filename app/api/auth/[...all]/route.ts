import { asSeenByBrowser } from '#data/auth.ts'
import { auth } from '#data/connection.ts'

const handle = (request: Request): Promise<Response> => auth().handler(asSeenByBrowser(request))

export { handle as GET, handle as POST }
