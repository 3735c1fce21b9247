import { CountersignError, type ErrorCode, type PublicErrorFields } from '../domain/errors.js';

/** A message to a thread that serves calls. */
export type ToThread =
  | { readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly cancel: number }
  | { readonly close: true };

/** A message from it: the outcome of one call. */
export type FromThread =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: SentError };

/** An error as a message: a structured clone would lose its class and members. */
export type SentError =
  | {
      readonly code: ErrorCode;
      readonly detail: string;
      readonly fields: PublicErrorFields;
      readonly internal: string | undefined;
    }
  | { readonly name: string; readonly message: string };

/** Returns an error as a message. */
export function sentError(error: unknown): SentError {
  if (error instanceof CountersignError) {
    const { code, detail, fields, internal } = error;
    return { code, detail, fields, internal };
  }
  if (error instanceof Error) return { name: error.name, message: error.message };
  return { name: 'Error', message: String(error) };
}

/** Returns the error of a message. Other classes than CountersignError keep only name and message. */
export function receivedError(sent: SentError): Error {
  if ('code' in sent) {
    return new CountersignError(sent.code, sent.detail, sent.fields, sent.internal);
  }
  const error = new Error(sent.message);
  error.name = sent.name;
  return error;
}
