/** What the site answers as JSON; undefined when it refuses, or says nothing because there is no signal. */
export async function answerOf<T>(address: string): Promise<T | undefined> {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? ((await answer.json()) as T) : undefined;
  } catch {
    return undefined;
  }
}
