/**
 * Runs jobs, functions of the number of their lane, in `lanes` lanes: each lane takes the next job when it has
 * ended one. The answers are in the order of the jobs. Rejects as the first failed lane, once every lane stopped.
 */
export async function inLanes(jobs, lanes) {
  const answers = Array(jobs.length);
  const waiting = [...jobs.entries()];
  const lane = async (number) => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [at, job] = next;
      answers[at] = await job(number);
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, (_, number) => lane(number)));
  const broken = ends.find(({ status }) => status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  return answers;
}
