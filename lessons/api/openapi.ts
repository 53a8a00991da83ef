/** The API's description, made from its routes. @see https://spec.openapis.org/oas/v3.1.1.html */
import { z } from 'zod'
import { ERROR_CODES, ERRORS, type ErrorCode } from '#config/errors.ts'
import { API_ROUTES, type ApiRoute } from './routes.ts'

export const API_BASE = '/api/v1'

export const apiError = z.strictObject({ code: z.enum(ERROR_CODES), message: z.string() })
const REFUSALS = ['BAD_TOKEN', 'OUT_OF_SCOPE', 'NOT_FOUND', 'TOO_MANY_REQUESTS'] as const

export function openApi() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Kraftlab',
      version: '1',
      description:
        'What an instructor’s programs read of a class. A token is made in the settings of the class, is of that class alone, and is sent as a bearer token. Each reading is in the audit log.',
    },
    servers: [{ url: API_BASE }],
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: z.toJSONSchema(apiError) },
    },
    security: [{ token: [] }],
    paths: Object.fromEntries(API_ROUTES.map((route) => [route.path, { get: operation(route) }])),
  }
}

function operation({ path, scope, summary, answer }: ApiRoute) {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  return {
    summary,
    description: `Scope: ${scope}.`,
    parameters,
    responses: {
      200: { description: summary, content: { 'application/json': { schema: z.toJSONSchema(answer) } } },
      ...Object.fromEntries(REFUSALS.map((code) => [ERRORS[code].status, refusal(code)])),
    },
  }
}

const refusal = (code: ErrorCode) => ({
  description: ERRORS[code].message,
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
})
