// A person's history: its form, its place in the map, its chain.
import { Fault, equal, fromHex, must, sha256, u64 } from "./bytes.js";
import { vrfOutput } from "./edwards.js";

const ZERO = new Uint8Array(32);
const LONGEST_PATH = 256;
const tag = (number) => Uint8Array.of(number);

export const linkHash = (count, index, before, leaf) => sha256(tag(2), u64(count), u64(index), before, leaf);

// --- form ---

function shape(value, names, optional = []) {
  must(value !== null && typeof value === "object" && !Array.isArray(value), "history-form");
  const found = Object.keys(value);
  const isKnown = (name) => names.includes(name) || optional.includes(name);
  must(names.every((name) => found.includes(name)) && found.every(isKnown), "history-form");
}

function whole(value) {
  must(Number.isSafeInteger(value) && value >= 0, "history-form");
  return value;
}

function bytes(text, width) {
  const found = fromHex(text, width);
  must(found, "history-form");
  return found;
}

function list(value) {
  must(Array.isArray(value), "history-form");
  return value;
}

function text(value) {
  must(typeof value === "string", "history-form");
  return value;
}

/** Every member where it belongs, hex as bytes. */
export function readHistory(said) {
  shape(said, ["number", "vrf", "map", "epoch", "chain", "entries"]);
  shape(said.vrf, ["key", "proof"]);
  shape(said.map, ["count", "link", "siblings"], ["other"]);
  const { other } = said.map;
  if (other !== undefined) shape(other, ["key", "value"]);
  must(typeof said.number === "string" && /^[0-9]{12}$/.test(said.number), "history-form");
  must(list(said.map.siblings).length <= LONGEST_PATH, "history-form");
  return {
    number: said.number,
    vrf: { key: bytes(said.vrf.key, 32), proof: bytes(said.vrf.proof, 80) },
    map: {
      count: whole(said.map.count),
      link: bytes(said.map.link, 32),
      siblings: said.map.siblings.map((hash) => bytes(hash, 32)),
      other: other && { key: bytes(other.key, 32), value: bytes(other.value, 32) },
    },
    epoch: text(said.epoch),
    chain: list(said.chain).map(readElement),
    entries: list(said.entries).map(text),
  };
}

function readElement(element) {
  shape(element, ["index", "leaf"], ["withheld_until"]);
  const until = element.withheld_until;
  return {
    index: whole(element.index),
    leaf: bytes(element.leaf, 32),
    withheldUntil: until === undefined ? null : whole(until),
  };
}

// --- the map ---

/** The place of this number in the map. */
export async function provePlace(history, epoch) {
  must(equal(history.vrf.key, epoch.get(33)), "vrf-key");
  const output = await vrfOutput(history.vrf.key, history.vrf.proof, new TextEncoder().encode(history.number));
  must(output, "vrf");
  return output.slice(0, 32);
}

/** That the chain's head, or its absence, stands at this place. */
export async function proveHead({ count, link, siblings, other }, key, root) {
  const bit = (of, depth) => (of[depth >> 3] >> (7 - (depth & 7))) & 1;
  // Whoever stands alone below a place stands at that place.
  must(!siblings.length || !equal(siblings[siblings.length - 1], ZERO), "map");
  let node = ZERO;
  if (count) {
    must(!other, "map");
    node = await sha256(tag(4), key, await sha256(tag(3), u64(count), link));
  } else {
    must(equal(link, ZERO), "map");
    if (other) {
      must(!equal(other.key, key) && siblings.every((_, d) => bit(other.key, d) === bit(key, d)), "map");
      node = await sha256(tag(4), other.key, other.value);
    }
  }
  for (let depth = siblings.length - 1; depth >= 0; depth--) {
    const pair = bit(key, depth) ? [siblings[depth], node] : [node, siblings[depth]];
    node = await sha256(tag(5), ...pair);
  }
  must(equal(node, root), "map");
}

// --- the chain ---

/** All links, from the first; they must lead to the head. */
export async function proveChain(chain, map, covered) {
  const links = [];
  let [last, before] = [ZERO, -1];
  for (const { index, leaf } of chain) {
    must(index > before, "chain-order", { index });
    must(index < covered, "epoch-young", { index });
    last = await linkHash(links.length + 1, index, last, leaf);
    links.push(last);
    before = index;
  }
  must(chain.length === map.count && equal(last, map.link), "chain");
  return links;
}

/** Withholdings that are shown must say what the chain says; whether each withheld entry has one. */
export function proveWithholdings(chain, entries) {
  const until = new Map();
  for (const { map } of entries) {
    if (map.has(40)) until.set(map.get(40), [...(until.get(map.get(40)) || []), map.get(41)]);
  }
  return chain.map(({ index, withheldUntil }) => {
    const orders = until.get(index);
    const agrees = withheldUntil === null || !orders || orders.includes(withheldUntil);
    if (!agrees) throw new Fault("withheld", { index });
    return { index, withheldUntil, ordered: withheldUntil !== null && Boolean(orders) };
  });
}
