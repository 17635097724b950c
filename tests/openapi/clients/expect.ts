// SPDX-License-Identifier: BSL-1.0
// What a client sees, compared with what it should see.

/** Fails unless both are the same JSON, members in the same order. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is !== should) throw new Error(`${what}: ${is} instead of ${should}`);
}

// An answer of either client; where the server could not be reached, some have no response.
type Answer = { response?: Response | undefined };

function described(answer: Answer): string {
  return `${answer.response?.url} answered ${answer.response?.status}`;
}

/** What an answer carries; fails, with the problem, when it is an error. */
export function dataOf<Data>(answer: Answer & { data?: Data; error?: unknown }): NonNullable<Data> {
  if (answer.data === undefined || answer.data === null) {
    throw new Error(`${described(answer)}: ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

/** The problem of an answer that must be one. */
export function problemOf<Problem>(answer: Answer & { error?: Problem }): NonNullable<Problem> {
  if (!answer.error) throw new Error(`${described(answer)}, which is no problem`);
  return answer.error;
}

/** The entity tag of an answer, as If-Match takes it. */
export function tagOf(answer: Answer): string {
  const tag = answer.response?.headers.get("ETag");
  if (!tag) throw new Error(`${described(answer)}, without an ETag`);
  return tag;
}
