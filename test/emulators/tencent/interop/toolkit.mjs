// Runs calls of tencent-component-toolkit, which has no option for an endpoint, in a process whose requests are redirected.
const [job] = process.argv.slice(2);
const { redirect, credentials, dist, steps } = JSON.parse(job);
const { watchRequests } = await import(`${dist}/components/published/child/requests.js`);
watchRequests(redirect, () => undefined);
// What it prints is no answer.
console.log = console.warn = console.error;

// After the requests are watched.
const { default: toolkit } = await import('tencent-component-toolkit');
const answers = [];
for (const { module, region, method, args } of steps) {
  // `$0.serviceId`: what an answer before has there.
  const filled = JSON.parse(JSON.stringify(args), (_, value) => {
    const [, index, path] = /^\$(\d+)((?:\.\w+)*)$/.exec(value) ?? [];
    if (index === undefined) return value;
    return path
      .split('.')
      .slice(1)
      .reduce((at, name) => at[name], answers[index]);
  });
  const instance = new toolkit[module]({ ...credentials }, region);
  answers.push((await instance[method](...filled)) ?? null);
}
process.stdout.write(JSON.stringify(answers), () => process.exit(0));
