/** A request that cannot be answered, as OpenAI's clients expect to hear of it. */
export class InvalidRequest extends Error {
  readonly param: string;
  readonly status: number;
  readonly code: string;

  constructor(param: string, problem: string, { status = 400, code = 'invalid_value' } = {}) {
    super(`${param}: ${problem}`);
    this.param = param;
    this.status = status;
    this.code = code;
  }
}
