// The proof of one entry (C2SP tlog-proof with the journal's `extra`).
import { Fault, equal, fromBase64, fromDecimal, must, sha256 } from "./bytes.js";
import { decode, encode } from "./cbor.js";
import { PARTS, kindOf, named, readEntry } from "./entry.js";
import { openCheckpoint } from "./note.js";
import { leafHash, rootByInclusion } from "./tree.js";

const HEADER = "c2sp.org/tlog-proof@v1";
const isHash = (value) => value instanceof Uint8Array && value.length === 32;
const isMap = (value) => value instanceof Map;
const isIndex = (value) => Number.isSafeInteger(value);
const EXTRA = new Map([
  [1, (v) => v instanceof Uint8Array],
  [2, isMap],
  [3, isIndex],
  [4, (v) => v instanceof Uint8Array],
  [5, (v) => Array.isArray(v) && v.every(isHash)],
]);

/** The parts of the text, unproved. */
export function readProof(text) {
  const blank = text.indexOf("\n\n");
  must(blank >= 0, "proof-form");
  const [header, extra, index, ...path] = text.slice(0, blank).split("\n");
  must(header === HEADER && extra && extra.startsWith("extra ") && index && index.startsWith("index "), "proof-form");
  const packed = fromBase64(extra.slice(6));
  const found = {
    index: fromDecimal(index.slice(6)),
    path: path.map((line) => fromBase64(line, 32)),
    note: text.slice(blank + 2),
  };
  must(packed && found.index !== null && !found.path.includes(null), "proof-form");
  found.extra = decode(packed);
  must(isMap(found.extra) && found.extra.has(1), "proof-form");
  for (const [label, value] of found.extra) must(EXTRA.has(label) && EXTRA.get(label)(value), "proof-form");
  return found;
}

/** Opens each checkpoint once, however many proofs have it. */
export class Checkpoints {
  constructor(policy) {
    this.policy = policy;
    this.opened = new Map();
  }

  open(note) {
    if (!this.opened.has(note)) this.opened.set(note, openCheckpoint(note, this.policy));
    return this.opened.get(note);
  }
}

/** That the entry is in the tree: its map and leaf hash. */
export async function proveEntry(proof, checkpoint) {
  const leaf = await leafHash(proof.extra.get(1));
  const root = await rootByInclusion(proof.index, checkpoint.size, leaf, proof.path);
  must(equal(root, checkpoint.root), "proof-root", { index: proof.index });
  return { leaf, map: readEntry(proof.index, proof.extra.get(1)) };
}

/** Opens what is shown of the personal parts; label 25 fixes all of it. `gone`: it has parts, and their time is over. */
export async function proveParts(proof, map) {
  const parts = proof.extra.get(2);
  const root = map.get(25);
  const [opened, closed] = [{}, []];
  const wrong = () => new Fault("proof-parts", { index: proof.index });
  if (!root) {
    if (parts) throw wrong();
    return { opened, closed, gone: false };
  }
  if (!parts) return { opened, closed, gone: true };
  const commitments = new Map();
  for (const [label, part] of parts) {
    if (!(typeof label === "number" && label < PARTS.length)) throw wrong();
    if (Array.isArray(part)) {
      const [salt, value] = part;
      if (part.length !== 2 || !(salt instanceof Uint8Array) || salt.length !== 16 || typeof value !== "string") throw wrong();
      commitments.set(label, await sha256(encode([label, salt, value])));
      opened[PARTS[label]] = value;
    } else {
      if (!isHash(part)) throw wrong();
      commitments.set(label, part);
      closed.push(PARTS[label]);
    }
  }
  if (!commitments.size || !equal(await sha256(encode(commitments)), root)) throw wrong();
  return { opened, closed, gone: false };
}

/** The context that the entry names, proved against the same root; null when it names none. */
export async function proveContext(proof, map, checkpoint) {
  const [index, bytes, path] = [3, 4, 5].map((label) => proof.extra.get(label));
  const wrong = { index: proof.index };
  if (!map.has(4)) {
    must([index, bytes, path].every((value) => value === undefined), "proof-context", wrong);
    return null;
  }
  must([index, bytes, path].every((value) => value !== undefined), "proof-context", wrong);
  must(index === map.get(4) && index < proof.index, "proof-context", wrong);
  const root = await rootByInclusion(index, checkpoint.size, await leafHash(bytes), path);
  must(equal(root, checkpoint.root), "proof-context", wrong);
  const context = readEntry(index, bytes);
  must(kindOf(context) === "context", "proof-context", wrong);
  return context;
}

/** All of a proof but its signatures: what the entry says, by names. */
export async function proveAll(proof, checkpoint) {
  const { leaf, map } = await proveEntry(proof, checkpoint);
  const { opened, closed, gone } = await proveParts(proof, map);
  const context = await proveContext(proof, map, checkpoint);
  const shown = { index: proof.index, ...named(map), parts: opened, closed, gone, context: context && named(context) };
  return { leaf, map, shown };
}
