// Checks in the browser what the journal says about a person: docs/journal-format.md, "A person's history" and "Proof of one entry".
//
//   checkHistory(history, keyText, remembered) → {ok, steps, chain, entries, covered, time, newest}
//   checkProof(text, keyText)                  → {ok, steps, entry, size}
//
// `steps` is a list of {id, ok, detail} in the order in which they are checked. `ok` is null when a step was not reached, or had
// nothing to check; `detail.name` says what is wrong, in the names of tools/journal-verify. Times are microseconds since 1970.
import { Fault, equal, fromBase64, fromHex, hex, must } from "./bytes.js";
import { provePlace, proveChain, proveHead, proveWithholdings, readHistory } from "./history.js";
import { kindOf, named } from "./entry.js";
import { readCheckpoint, readPolicy } from "./note.js";
import { Checkpoints, proveAll, proveContext, proveEntry, proveParts, readProof } from "./proof.js";
import { isConsistent } from "./tree.js";

/** Walks steps in order; after the first that fails, the others are not reached. */
class Walk {
  constructor(ids) {
    this.steps = ids.map((id) => ({ id, ok: null, detail: {} }));
    this.failed = false;
  }

  async step(id, run) {
    if (this.failed) return;
    const step = this.steps.find((one) => one.id === id);
    try {
      step.detail = (await run()) || {};
      step.ok = step.detail.unchecked ? null : true;
    } catch (error) {
      this.failed = true;
      step.ok = false;
      step.detail = error instanceof Fault ? error.fault : { name: "broken", error: String(error) };
    }
  }
}

/**
 * Checks a history. `remembered` is what an earlier check gave as `newest`, kept by the caller, and may have:
 * `notBefore`: the epoch and the witnesses' signatures must be no older (microseconds);
 * `consistency(old, size)`: gives the hashes, base64, that prove that the log of `size` entries begins with that of `old`.
 */
export async function checkHistory(history, keyText, remembered) {
  const walk = new Walk(["form", "witnesses", "epoch", "vrf", "map", "chain", "entries", "memory"]);
  const memory = remembered || {};
  const result = { ok: false, steps: walk.steps, chain: [], entries: [], covered: 0, time: 0, newest: null };
  let said, checkpoints, epochProof, checkpoint, epoch, key, links, proved;

  await walk.step("form", async () => {
    checkpoints = new Checkpoints(await readPolicy(keyText));
    said = readHistory(typeof history === "string" ? parse(history) : history);
    epochProof = readProof(said.epoch);
  });
  await walk.step("witnesses", async () => {
    checkpoint = await checkpoints.open(epochProof.note);
    const newest = Math.max(0, ...Object.values(checkpoint.cosigned)) * 1e6;
    must(!memory.notBefore || !newest || newest >= memory.notBefore, "witnesses-old", { time: newest });
    return { size: checkpoint.size, witnesses: Object.keys(checkpoint.cosigned), time: newest };
  });
  await walk.step("epoch", async () => {
    epoch = (await proveAll(epochProof, checkpoint)).map;
    must(kindOf(epoch) === "epoch", "epoch");
    must(!memory.notBefore || epoch.get(2) >= memory.notBefore, "epoch-old", { time: epoch.get(2) });
    must(!memory.epoch || epoch.get(34) >= memory.epoch, "epoch-older", { number: epoch.get(34) });
    Object.assign(result, { covered: epoch.get(30), time: epoch.get(2) });
    return { number: epoch.get(34), covered: epoch.get(30), time: epoch.get(2), persons: epoch.get(32) };
  });
  await walk.step("vrf", async () => {
    key = await provePlace(said, epoch);
  });
  await walk.step("map", async () => {
    await proveHead(said.map, key, epoch.get(31));
    return { count: said.map.count };
  });
  await walk.step("chain", async () => {
    links = await proveChain(said.chain, said.map, epoch.get(30));
    return { count: links.length };
  });
  await walk.step("entries", async () => {
    proved = await proveEntries(said, checkpoints, checkpoint);
    result.chain = proveWithholdings(said.chain, proved);
    result.entries = proved.map((one) => one.shown);
    return { count: proved.length, withheld: result.chain.filter((one) => one.withheldUntil !== null).length };
  });
  await walk.step("memory", async () => {
    const person = { key: hex(key), count: said.map.count, link: hex(said.map.link) };
    const compared = await compare(memory, checkpoint, person, links);
    // What is not proved to go on from the remembered checkpoint does not take its place.
    const kept = compared.name === "memory-unproved" ? memory.checkpoint : checkpoint.text;
    result.newest = { checkpoint: kept, epoch: epoch.get(34), person };
    return compared;
  });
  result.ok = !walk.failed;
  return result;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault("history-form");
  }
}

/** Each proof must be of an entry of the chain, against the same checkpoint, and open to the number, unless its parts are gone. */
async function proveEntries(said, checkpoints, checkpoint) {
  const chain = new Map(said.chain.map((element) => [element.index, element]));
  const seen = new Set();
  const proved = [];
  for (const text of said.entries) {
    const proof = readProof(text);
    const { index } = proof;
    const own = await checkpoints.open(proof.note);
    must(own.text === checkpoint.text, "checkpoints", { index });
    const one = await proveAll(proof, checkpoint);
    must(chain.has(index) && equal(chain.get(index).leaf, one.leaf), "entry-foreign", { index });
    must(!seen.has(index), "entry-twice", { index });
    must(one.shown.gone || one.shown.parts.subject === said.number, "entry-person", { index });
    seen.add(index);
    proved.push(one);
  }
  return proved;
}

/** What this browser accepted before must be the beginning of what is shown now. */
async function compare(memory, checkpoint, person, links) {
  if (memory.person && memory.person.key === person.key && memory.person.count) {
    const { count, link } = memory.person;
    must(count <= links.length && equal(links[count - 1], fromHex(link, 32)), "memory-chain", { count });
  }
  if (!memory.checkpoint) return { unchecked: true, name: "memory-none" };
  const old = readCheckpoint(memory.checkpoint);
  if (old.origin !== checkpoint.origin) return { unchecked: true, name: "memory-none" };
  must(old.size <= checkpoint.size, "memory-older", { size: checkpoint.size, seen: old.size });
  if (old.size === checkpoint.size) {
    must(equal(old.root, checkpoint.root), "memory-fork", { seen: old.size });
  } else if (memory.consistency) {
    const path = await consistencyOf(memory, old, checkpoint);
    must(!path.includes(null) && (await isConsistent(old, checkpoint, path)), "memory-fork", { seen: old.size });
  } else {
    return { unchecked: true, name: "memory-unproved", seen: old.size };
  }
  return { seen: old.size, size: checkpoint.size };
}

async function consistencyOf(memory, old, checkpoint) {
  try {
    return (await memory.consistency(old.size, checkpoint.size)).map((hash) => fromBase64(hash, 32));
  } catch {
    throw new Fault("memory-unproved", { seen: old.size });
  }
}

/** Checks the proof of one entry. */
export async function checkProof(text, keyText) {
  const walk = new Walk(["form", "witnesses", "inclusion", "parts", "context"]);
  const result = { ok: false, steps: walk.steps, entry: null, size: 0 };
  let checkpoints, proof, checkpoint, map, parts;
  await walk.step("form", async () => {
    checkpoints = new Checkpoints(await readPolicy(keyText));
    proof = readProof(text);
  });
  await walk.step("witnesses", async () => {
    checkpoint = await checkpoints.open(proof.note);
    result.size = checkpoint.size;
    return { size: checkpoint.size, witnesses: Object.keys(checkpoint.cosigned) };
  });
  await walk.step("inclusion", async () => {
    ({ map } = await proveEntry(proof, checkpoint));
  });
  await walk.step("parts", async () => {
    parts = await proveParts(proof, map);
  });
  await walk.step("context", async () => {
    const context = await proveContext(proof, map, checkpoint);
    result.entry = { index: proof.index, ...named(map), parts: parts.opened, closed: parts.closed, gone: parts.gone, context: context && named(context) };
  });
  result.ok = !walk.failed;
  return result;
}
