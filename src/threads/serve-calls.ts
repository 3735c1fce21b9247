import { parentPort } from 'node:worker_threads';
import { sentError, type ToThread } from './call-message.js';

/** Answers one call. A long one reads the signal between its parts. */
export type CallHandler = (args: never, signal: AbortSignal) => unknown;

/**
 * Serves the calls of a CallThread in this worker thread, each as soon as it arrives.
 * Calls therefore take turns where a handler awaits. `close` runs before the thread ends.
 */
export function serveCalls(
  handlers: Readonly<Record<string, CallHandler>>,
  close: () => void = () => undefined,
): void {
  const open = new Map<number, AbortController>();
  const answer = async (id: number, name: string, args: readonly unknown[]): Promise<void> => {
    const controller = new AbortController();
    open.set(id, controller);
    try {
      const handler = handlers[name];
      if (handler === undefined) throw new Error(`no call ${name}`);
      const value = await handler(args as never, controller.signal);
      parentPort?.postMessage({ id, value });
    } catch (error) {
      parentPort?.postMessage({ id, error: sentError(error) });
    } finally {
      open.delete(id);
    }
  };
  parentPort?.on('message', (message: ToThread) => {
    if ('cancel' in message) open.get(message.cancel)?.abort();
    else if ('close' in message) {
      close();
      parentPort?.close();
    } else void answer(message.id, message.name, message.args);
  });
}
