// A pass-through that changes as many headers as Edgeward does, to constant values, and thinks nothing.
// Which ones the bench has seen at the origin and in the answer.

let plan;

export default {
  async fetch(request, env) {
    plan ??= JSON.parse(env.PLAN);
    const { pathname, search } = new URL(request.url);
    const onward = new Request(env.ORIGIN_URL + pathname + search, request);
    for (const name of plan.request.remove) onward.headers.delete(name);
    for (const [name, value] of plan.request.set) onward.headers.set(name, value);
    const answer = await fetch(onward);
    const response = new Response(answer.body, answer);
    for (const [name, value] of plan.response.set) response.headers.set(name, value);
    return response;
  },
};
