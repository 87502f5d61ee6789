// The Merkle tree of RFC 6962, its inclusion and consistency proofs (RFC 9162 section 2.1).
import { equal, must, sha256 } from "./bytes.js";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const leafHash = (entry) => sha256(LEAF, entry);
const nodeHash = (left, right) => sha256(NODE, left, right);

/** Half of a whole number that may be above 2^31. */
const half = (number) => Math.floor(number / 2);
const isOdd = (number) => number % 2 === 1;

/** The root that this leaf and path lead to (RFC 9162 section 2.1.3.2). */
export async function rootByInclusion(index, size, leaf, path) {
  must(index < size, "proof-index");
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    must(last !== 0, "proof-path-length");
    if (isOdd(node) || node === last) {
      hash = await nodeHash(sibling, hash);
      while (node && !isOdd(node)) [node, last] = [half(node), half(last)];
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  must(last === 0, "proof-path-length");
  return hash;
}

/** Whether the tree of `old.size` is the beginning of `now` (RFC 9162 section 2.1.4.2); both have a size and a root. */
export async function isConsistent(old, now, proof) {
  if (old.size === now.size) return equal(old.root, now.root) && !proof.length;
  if (old.size > now.size) return false;
  if (old.size === 0) return !proof.length;
  const path = Number.isInteger(Math.log2(old.size)) ? [old.root, ...proof] : [...proof];
  if (!path.length) return false;
  let [first, last] = [old.size - 1, now.size - 1];
  while (isOdd(first)) [first, last] = [half(first), half(last)];
  let [before, after] = [path[0], path[0]];
  for (const sibling of path.slice(1)) {
    if (last === 0) return false;
    if (isOdd(first) || first === last) {
      before = await nodeHash(sibling, before);
      after = await nodeHash(sibling, after);
      while (first && !isOdd(first)) [first, last] = [half(first), half(last)];
    } else {
      after = await nodeHash(after, sibling);
    }
    [first, last] = [half(first), half(last)];
  }
  return last === 0 && equal(before, old.root) && equal(after, now.root);
}
