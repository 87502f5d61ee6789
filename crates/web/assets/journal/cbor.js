// CBOR in its one deterministic form (RFC 8949 section 4.2.1): whole numbers, bytes, texts, arrays, maps.
import { Fault, concat, decodeText, encodeText, must } from "./bytes.js";

const DEEPEST = 8;
const LEAST = [24n, 256n, 65536n, 4294967296n];

/** The one value that these bytes are. Numbers above 2^53 come as BigInt, maps as Map. */
export function decode(bytes) {
  let at = 0;

  function take(count) {
    must(count <= bytes.length - at, "cbor-short");
    at += Number(count);
    return bytes.slice(at - Number(count), at);
  }

  function head() {
    const [first] = take(1);
    const more = first & 31;
    if (more < 24) return [first >> 5, more];
    must(more < 28, "cbor-form");
    const number = take(1 << (more - 24)).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    must(number >= LEAST[more - 24], "cbor-form");
    return [first >> 5, number <= Number.MAX_SAFE_INTEGER ? Number(number) : number];
  }

  function text(raw) {
    try {
      return decodeText(raw);
    } catch {
      throw new Fault("cbor-form");
    }
  }

  function map(count, depth) {
    const found = new Map();
    let last = new Uint8Array();
    for (let i = 0; i < count; i++) {
      const start = at;
      const key = value(depth);
      const raw = bytes.slice(start, at);
      must(ascends(last, raw) && (typeof key !== "object" || key instanceof Uint8Array), "cbor-form");
      last = raw;
      found.set(key, value(depth));
    }
    return found;
  }

  function value(depth) {
    must(depth <= DEEPEST, "cbor-form");
    const [major, number] = head();
    if (major === 0) return number;
    if (major === 2) return take(number);
    if (major === 3) return text(take(number));
    if (major === 4) {
      const items = [];
      for (let i = 0; i < number; i++) items.push(value(depth + 1));
      return items;
    }
    must(major === 5, "cbor-form");
    return map(number, depth + 1);
  }

  const found = value(0);
  must(at === bytes.length, "cbor-slack");
  return found;
}

/** Whether `b` comes after `a`, byte by byte. */
function ascends(a, b) {
  for (let i = 0; i < b.length; i++) {
    if (i >= a.length || b[i] > a[i]) return true;
    if (b[i] < a[i]) return false;
  }
  return false;
}

/** The deterministic form of a value. */
export function encode(value) {
  if (typeof value === "number" || typeof value === "bigint") return head(0, value);
  if (typeof value === "string") return counted(3, encodeText(value));
  if (value instanceof Uint8Array) return counted(2, value);
  if (Array.isArray(value)) return concat(head(4, value.length), ...value.map(encode));
  const pairs = Array.from(value, ([key, item]) => [encode(key), encode(item)]);
  pairs.sort(([a], [b]) => (ascends(a, b) ? -1 : 1));
  return concat(head(5, pairs.length), ...pairs.flat());
}

const counted = (major, bytes) => concat(head(major, bytes.length), bytes);

function head(major, number) {
  if (number < 24) return Uint8Array.of((major << 5) | Number(number));
  const form = LEAST.filter((least) => number >= least).length - 1;
  const bytes = new Uint8Array(1 + (1 << form));
  bytes[0] = (major << 5) | (24 + form);
  for (let i = bytes.length - 1, rest = BigInt(number); i > 0; i--, rest >>= 8n) bytes[i] = Number(rest & 255n);
  return bytes;
}
