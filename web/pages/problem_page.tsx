import type { JSX } from "hono/jsx/jsx-runtime";
import { Layout } from "../components/layout.tsx";
import type { WebContext } from "../context/context.ts";
import type { Problem } from "../base/problem.ts";

/** Says what is wrong with a request, and what to do about it. */
export function ProblemPage(
  { context, problem }: { context: WebContext; problem: Problem },
): JSX.Element {
  return (
    <Layout context={context} title="This did not work">
      <h1>This did not work</h1>
      <p class="bad">{problem.message}.</p>
      <p>Remedy: {problem.remedy}.</p>
    </Layout>
  );
}
