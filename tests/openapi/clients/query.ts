// SPDX-License-Identifier: BSL-1.0

//[query_serializer
// `operators` holds the filters `field[op]`; each of them is a parameter of its own.
export function querySerializer(query: Record<string, unknown>): string {
  const { operators, ...others } = query;
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...others, ...(operators as object | undefined) })) {
    if (value !== undefined) parameters.append(name, String(value));
  }
  return parameters.toString();
}
//]
