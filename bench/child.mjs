// A process of the harness's own that is asked over a channel: what is timed shares its loop with nothing else.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onCore } from './process.mjs';

/** Starts a script on a core, on any when `core` is null. It ends with this process. */
export function startChild(core, script, nodeArgs = []) {
  const [file, ...args] = onCore(core, [process.execPath, ...nodeArgs, script]);
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const waiting = [];
  child.on('message', (message) => {
    const { resolve, reject } = waiting.shift();
    if (message.error === undefined) resolve(message.value);
    else reject(new Error(`${script}: ${message.error}`));
  });
  const exited = once(child, 'exit').then(([code, signal]) => {
    for (const { reject } of waiting) reject(new Error(`${script} ended: ${code ?? signal}`));
  });
  return {
    pid: child.pid,
    /** Sends a task and resolves to its value; answers come in the order of the questions. */
    ask: (task) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.send(task);
      }),
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** In the child: answers each task with what `work` makes of it, one after the other. */
export function answerTasks(work) {
  let last = Promise.resolve();
  process.on('message', (task) => {
    last = last.then(async () => {
      try {
        process.send({ value: await work(task) });
      } catch (error) {
        process.send({ error: error.stack ?? String(error) });
      }
    });
  });
  process.on('disconnect', () => process.exit(0));
}
