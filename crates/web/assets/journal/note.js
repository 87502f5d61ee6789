// The key file (C2SP tlog-policy), and checkpoints with their signatures (signed-note, tlog-checkpoint, tlog-cosignature).
import { Fault, concat, encodeText, equal, fromBase64, fromDecimal, hex, must, sha256 } from "./bytes.js";
import { decode as decodePoint, verifies } from "./edwards.js";

const LOG = 1;
const WITNESS = 4;
const LONGEST = 65536;

const isKeyName = (name) => name !== "" && !/[\p{White_Space}+]/u.test(name);

// --- the key file ---

/** One log's key, the witnesses' keys, the quorum. */
export async function readPolicy(text) {
  const policy = { log: null, witnesses: new Map(), groups: new Map(), quorum: null };
  const used = new Set();
  // eslint-disable-next-line no-control-regex
  must(text.endsWith("\n") && !/[\0-\x08\x0b-\x1f\x7f]/.test(text), "key-form");
  for (const line of text.slice(0, -1).split("\n")) {
    const words = line.split(/[ \t]+/).filter((word) => word);
    if (words.length && !words[0].startsWith("#")) await policyLine(policy, words, used);
  }
  must(policy.log, "key-log");
  must(policy.quorum !== null, "key-quorum");
  return policy;
}

async function policyLine(policy, words, used) {
  const [kind, name] = words;
  const isKnown = (word) => policy.witnesses.has(word) || policy.groups.has(word);
  const mayBegin = () => must(name !== "none" && !isKnown(name), "key-form");
  if (kind === "log" && (words.length === 2 || words.length === 3)) {
    must(!policy.log, "key-log");
    policy.log = await readKey(name, LOG);
  } else if (kind === "witness" && (words.length === 3 || words.length === 4)) {
    mayBegin();
    const key = await readKey(words[2], WITNESS);
    must(![...policy.witnesses.values()].some((other) => equal(other.key, key.key)), "key-form");
    policy.witnesses.set(name, { ...key, label: name });
  } else if (kind === "group" && words.length >= 4) {
    mayBegin();
    const members = words.slice(3);
    for (const member of members) {
      must(!used.has(member) && isKnown(member), "key-form");
      used.add(member);
    }
    const least = { any: 1, all: members.length }[words[2]] || fromDecimal(words[2]);
    must(least && least <= members.length, "key-form");
    policy.groups.set(name, { least, members });
  } else if (kind === "quorum" && words.length === 2) {
    must(policy.quorum === null, "key-quorum");
    must(name === "none" || isKnown(name), "key-form");
    policy.quorum = name;
  } else {
    throw new Fault("key-form");
  }
}

/** `<name>+<key id, hex>+<base64 of kind and public key>`. */
async function readKey(vkey, kind) {
  const [, name, id, coded] = /^([^+]*)\+([^+]*)\+(.*)$/.exec(vkey) || [];
  const raw = name !== undefined && isKeyName(name) ? fromBase64(coded) : null;
  must(raw && raw.length, "key-form");
  must(raw[0] === kind && raw.length === 33, "key-kind");
  const whole = await sha256(encodeText(`${name}\n`), raw);
  must(hex(whole.slice(0, 4)) === id && decodePoint(raw.slice(1)), "key-form");
  return { name, id, key: raw.slice(1) };
}

function isReached(policy, name, cosigned) {
  if (name === "none") return true;
  if (policy.witnesses.has(name)) return name in cosigned;
  const { least, members } = policy.groups.get(name);
  return members.filter((member) => isReached(policy, member, cosigned)).length >= least;
}

// --- checkpoints ---

/** Origin, size and root of the text of a checkpoint. */
export function readCheckpoint(text) {
  const lines = text.split("\n");
  must(lines.pop() === "" && lines.length >= 3 && lines.every((line) => line), "checkpoint-form");
  const [origin, size, root] = [lines[0], fromDecimal(lines[1]), fromBase64(lines[2], 32)];
  must(size !== null && root, "checkpoint-form");
  return { origin, size, root, text };
}

/** A checkpoint whose every signature is good and known, with a quorum; `cosigned`: witness → seconds since 1970. */
export async function openCheckpoint(note, policy) {
  const at = note.lastIndexOf("\n\n");
  // eslint-disable-next-line no-control-regex
  must(at >= 0 && note.length <= LONGEST && note.endsWith("\n") && !/[\0-\x09\x0b-\x1f]/.test(note), "note-form");
  const text = note.slice(0, at + 1);
  must(note.length > at + 2, "note-form");
  const signatures = note.slice(at + 2, -1).split("\n").map(readSignature);
  const found = { ...readCheckpoint(text), cosigned: {} };
  must(found.origin === policy.log.name, "origin");
  const seen = new Set();
  for (const { name, id, signature } of signatures) {
    must(!seen.has(`${name} ${id}`), "note-twice");
    seen.add(`${name} ${id}`);
    const isOf = (key) => key.name === name && key.id === id;
    const witness = [...policy.witnesses.values()].find(isOf);
    must(isOf(policy.log) || witness, "note-key", { by: name });
    const good = isOf(policy.log)
      ? await verifies(policy.log.key, encodeText(text), signature)
      : await isCosigned(found, witness, signature);
    must(good, "signature", { by: name });
  }
  must(seen.has(`${policy.log.name} ${policy.log.id}`), "note-unsigned");
  must(isReached(policy, policy.quorum, found.cosigned), "quorum");
  return found;
}

function readSignature(line) {
  const [, name, coded] = /^— ([^ ]+) ([^ ]+)$/.exec(line) || [];
  const raw = name !== undefined && isKeyName(name) ? fromBase64(coded) : null;
  must(raw && raw.length >= 5, "note-form");
  return { name, id: hex(raw.slice(0, 4)), signature: raw.slice(4) };
}

async function isCosigned(found, witness, signature) {
  if (signature.length !== 72 || signature[0] > 127) return false;
  const time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
  found.cosigned[witness.label] = Number(time);
  const message = concat(encodeText(`cosignature/v1\ntime ${time}\n`), encodeText(found.text));
  return verifies(witness.key, message, signature.slice(8));
}
