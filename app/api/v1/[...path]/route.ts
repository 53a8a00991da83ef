import { database } from '#data/connection.ts'
import { Api } from '#lessons/api/answer.ts'

// Next bundles this module once; counting requests needs one of it.
let api: Api | undefined

export async function GET(request: Request, { params }: { params: Promise<{ path: string[] }> }): Promise<Response> {
  api ??= new Api(database())
  const { path } = await params
  return api.answer(`/${path.join('/')}`, request.headers.get('authorization'))
}
