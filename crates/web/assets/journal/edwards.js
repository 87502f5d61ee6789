// The curve edwards25519 (RFC 8032 section 5.1), signatures, and ECVRF-EDWARDS25519-SHA512-TAI (RFC 9381).
// For checking only: nothing here is secret, so nothing runs in constant time.
import { concat, equal, sha512 } from "./bytes.js";

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const TOP = 1n << 255n;
const mod = (a) => ((a % P) + P) % P;

function power(base, exponent) {
  let result = 1n;
  for (; exponent; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % P;
    base = (base * base) % P;
  }
  return result;
}

const invert = (a) => power(a, P - 2n);
const D = mod(-121665n * invert(121666n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);

// A point is [X, Y, Z, T] with x = X/Z, y = Y/Z, xy = T/Z (RFC 8032 section 5.1.4).
const IDENTITY = [0n, 1n, 1n, 0n];

function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = ((y1 - x1) * (y2 - x2)) % P;
  const b = ((y1 + x1) * (y2 + x2)) % P;
  const c = (((2n * t1 * t2) % P) * D) % P;
  const d = (2n * z1 * z2) % P;
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [(e * f) % P, (g * h) % P, (f * g) % P, (e * h) % P];
}

function double([x, y, z]) {
  const a = (x * x) % P;
  const b = (y * y) % P;
  const h = a + b;
  const e = h - (((x + y) * (x + y)) % P);
  const g = a - b;
  const f = ((2n * z * z) % P) + g;
  return [(e * f) % P, (g * h) % P, (f * g) % P, (e * h) % P];
}

const negate = ([x, y, z, t]) => [-x, y, z, -t];
const isIdentity = ([x, y, z]) => mod(x) === 0n && mod(y - z) === 0n;
const timesEight = (point) => double(double(double(point)));

/** a·one + b·two, both numbers read together. */
function combine(a, one, b, two) {
  const table = [null, one, two, add(one, two)];
  let total = IDENTITY;
  const [first, second] = [a.toString(2), b.toString(2)];
  for (let left = Math.max(first.length, second.length); left; left--) {
    total = double(total);
    const which = (first[first.length - left] === "1" ? 1 : 0) + (second[second.length - left] === "1" ? 2 : 0);
    if (which) total = add(total, table[which]);
  }
  return total;
}

function littleEndian(bytes) {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function encode([x, y, z]) {
  const inverse = invert(mod(z));
  let rest = mod(y * inverse) | ((mod(x * inverse) & 1n) << 255n);
  return Uint8Array.from({ length: 32 }, () => {
    const byte = Number(rest & 255n);
    rest >>= 8n;
    return byte;
  });
}

/** RFC 8032 section 5.1.3: the one encoding of a point, or null. */
export function decode(bytes) {
  if (bytes.length !== 32) return null;
  let y = littleEndian(bytes);
  const sign = y >> 255n;
  y %= TOP;
  if (y >= P) return null;
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  const v3 = (((v * v) % P) * v) % P;
  let x = (((u * v3) % P) * power((((u * v3) % P) * ((v3 * v) % P)) % P, (P - 5n) / 8n)) % P;
  if (mod(v * x * x - u)) {
    x = (x * ROOT_OF_MINUS_ONE) % P;
    if (mod(v * x * x - u)) return null;
  }
  if (x === 0n && sign) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, (x * y) % P];
}

const BASE = decode(Uint8Array.from({ length: 32 }, (_, i) => (i ? 0x66 : 0x58)));

/** Whether an Ed25519 signature is good (RFC 8032 section 5.1.7). Browsers before 2025 do not have it: then by hand. */
export async function verifies(key, message, signature, byHand = false) {
  if (signature.length !== 64) return false;
  if (!byHand) {
    try {
      const imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
      return await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
    } catch {
      // not supported: below
    }
  }
  const point = decode(key);
  const s = littleEndian(signature.slice(32));
  if (!point || s >= ORDER) return false;
  const k = littleEndian(await sha512(signature.slice(0, 32), key, message)) % ORDER;
  return equal(encode(combine(s, BASE, k, negate(point))), signature.slice(0, 32));
}

const SUITE = 3;

/** The 64 bytes that this key's owner must get for `alpha` (RFC 9381 section 5.3), or null when the proof does not show it. */
export async function vrfOutput(key, proof, alpha) {
  const point = decode(key);
  if (proof.length !== 80 || !point || isIdentity(timesEight(point))) return null;
  const gamma = decode(proof.slice(0, 32));
  const c = littleEndian(proof.slice(32, 48));
  const s = littleEndian(proof.slice(48));
  if (!gamma || s >= ORDER) return null;
  const h = await toCurve(key, alpha);
  if (!h) return null;
  const u = combine(s, BASE, c, negate(point));
  const v = combine(s, h, c, negate(gamma));
  const points = [point, h, gamma, u, v].map(encode);
  const challenge = await sha512(Uint8Array.of(SUITE, 2), ...points, Uint8Array.of(0));
  if (!equal(challenge.slice(0, 16), proof.slice(32, 48))) return null;
  return sha512(Uint8Array.of(SUITE, 3), encode(timesEight(gamma)), Uint8Array.of(0));
}

/** Try and increment (RFC 9381 section 5.4.1.1). */
async function toCurve(key, alpha) {
  const salted = concat(Uint8Array.of(SUITE, 1), key, alpha);
  for (let counter = 0; counter < 256; counter++) {
    const point = decode((await sha512(salted, Uint8Array.of(counter, 0))).slice(0, 32));
    if (point && !isIdentity(timesEight(point))) return timesEight(point);
  }
  return null;
}
