/** What a SCIM request means to a user service, and what the provider is answered. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface ScimRequest {
  /** `PATCH` */
  method: string;
  /** `/Users/7?attributes=id`, below the directory, or with everything in front of it. */
  path: string;
  /** No credential is needed. */
  headers?: Record<string, string>;
  /** JSON as an object, or letter by letter as a string. */
  body?: string | object;
}

export interface Settings {
  /** What the user service has: records, or plain SCIM resources. */
  records?: (object | string)[];
  /** The configuration as in the proxy (docs/configuration.md); what is needed and missing has a default. */
  config?: object | string;
  /** Which of its directories is spoken to; the first one when nobody says. */
  directory?: string;
  /** What the configuration takes from the environment. */
  secrets?: Record<string, string>;
  /** The time; 1970 when nobody says, so that the outcome is the same each time. */
  now?: Date | number;
  /** Where all randomness comes from, such as ids of new resources. */
  seed?: number | bigint;
}

export interface Change {
  /** `user` */
  resource: string;
  id: string;
  op: "add" | "replace" | "remove";
  /** `name.givenName` */
  path: string;
  value?: Json;
  previous?: Json;
}

/** A piece of the request, for `slice`. */
export interface Mark {
  part: "path" | "body";
  start: number;
  end: number;
  /** From where on a path or a filter is wrong. */
  spot?: number;
}

export interface Failure {
  status: number;
  scimType?: string;
  /** `Operations[2].path`; empty when the whole request is meant. */
  at: string;
  reason: string;
  mark?: Mark;
}

/** One call to the user service; a POST is a delivery, with its signatures among the headers. */
export interface Call {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** What the records in memory answered. */
  status: number;
  answer: Json | undefined;
}

export interface Translation {
  answer: { status: number; headers: Record<string, string>; body: Json | undefined };
  /** Why the request was refused. */
  failure?: Failure;
  /** The events that were taken, in the format of the settings, decoded. */
  events: Record<string, any>[];
  changes: Change[];
  calls: Call[];
  /** What the user service had before: what was given, each with its id. */
  before: Record<string, any>[];
  /** What the user service has afterwards; fit to be the next `records`. */
  records: Record<string, any>[];
}

/** What is wrong with the settings or with a record. */
export class SettingsError extends Error {
  /** `directories[0].provider`, `records[1]` */
  key: string;
  reason: string;
}

/**
 * What this request means. A pure function: the same input gives the same translation.
 * @throws {SettingsError}
 */
export function translate(request: ScimRequest, settings?: Settings): Translation;

/** Where in a JSON text the place of an error is. */
export function locate(text: string, at: string): { start: number; end: number } | undefined;

/** One HTTP exchange, stepped with effects and their results, for other gateways. */
export const exchange: typeof import("./interfaces/usher-scim-exchange.js");
