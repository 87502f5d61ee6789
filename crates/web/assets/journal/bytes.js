// Bytes and their written forms, each read in one way only.

/** Why something is not honest: a name, and values that go with it. */
export class Fault extends Error {
  constructor(name, values = {}) {
    super(name);
    this.fault = { name, ...values };
  }
}

export function must(condition, name, values) {
  if (!condition) throw new Fault(name, values);
}

const utf8 = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const encodeText = (text) => utf8.encode(text);
/** Throws on what is not UTF-8. */
export const decodeText = (bytes) => strict.decode(bytes);

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const equal = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** Eight bytes, big-endian. */
export function u64(number) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number));
  return bytes;
}

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The bytes of lower-case hex of this width, or null. */
export function fromHex(text, width) {
  if (typeof text !== "string" || text.length !== 2 * width || !/^[0-9a-f]*$/.test(text)) return null;
  return Uint8Array.from({ length: width }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/** The bytes of the one base64 form of them (RFC 4648 section 4), or null. */
export function fromBase64(text, width) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4) return null;
  const raw = atob(text);
  if (btoa(raw) !== text || (width !== undefined && raw.length !== width)) return null;
  return Uint8Array.from(raw, (character) => character.charCodeAt(0));
}

/** A whole number as it is written in one way, or null. Above 2^53 nothing of ours goes. */
export function fromDecimal(text) {
  const number = /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : null;
  return Number.isSafeInteger(number) ? number : null;
}

export const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", concat(...parts)));
export const sha512 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-512", concat(...parts)));
