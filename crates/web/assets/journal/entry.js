// Entries: which labels stand in which kind, what their values are, and their names for pages.
import { hex, must } from "./bytes.js";
import { decode } from "./cbor.js";

export const KINDS = ["call", "context", "epoch", "withholding", "act"];
const [CALL, CONTEXT, EPOCH, WITHHOLDING, ACT] = KINDS.keys();
const VERSION = 2;
export const PARTS = ["request", "officer", "case", "purpose", "address", "subject", "message", "order"];

const isNumber = (value) => typeof value === "number" || typeof value === "bigint";
const isUntil = (value) => isNumber(value) && value < 2n ** 63n;
const bytesOf = (width) => (value) => value instanceof Uint8Array && value.length === width;
const isText = (value) => typeof value === "string";
const isOutcome = (value) => isText(value) || (isNumber(value) && value < 6);
const isVerdict = (value) => isText(value) || isNumber(value);
const areVerdicts = (value) => value instanceof Map && [...value.keys()].every(isNumber) && [...value.values()].every(isVerdict);
const areTimes = (value) => Array.isArray(value) && value.length === 4 && value.every(isNumber);

// Label, name, kinds that may have it, kinds that must, what its value is.
const LABELS = [
  [0, "version", [CALL, CONTEXT, EPOCH, WITHHOLDING, ACT], [CALL, CONTEXT, EPOCH, WITHHOLDING, ACT], (v) => v === VERSION],
  [1, "kind", [CONTEXT, EPOCH, WITHHOLDING, ACT], [CONTEXT, EPOCH, WITHHOLDING, ACT], isNumber],
  [2, "time", [CALL, EPOCH, WITHHOLDING, ACT], [CALL, EPOCH, WITHHOLDING, ACT], isNumber],
  [3, "correlation", [CALL, WITHHOLDING, ACT], [CALL], bytesOf(16)],
  [4, "context", [CALL, ACT], [], isNumber],
  ...["form", "service", "integration", "procedure", "system", "account", "role", "agency", "organisation"].map(
    (name, i) => [5 + i, name, [CONTEXT], [], isText],
  ),
  [14, "certificate", [CONTEXT], [], bytesOf(32)],
  [15, "sent", [CONTEXT], [], isNumber],
  [16, "released", [CONTEXT], [], isNumber],
  [17, "verdicts", [CALL], [], areVerdicts],
  [18, "outcome", [CALL, ACT], [CALL], isOutcome],
  [19, "durations", [CALL], [], areTimes],
  [20, "answer", [CALL], [], bytesOf(32)],
  [21, "rules", [CONTEXT], [], isNumber],
  [22, "agreement", [CONTEXT], [], isText],
  [24, "consent", [CALL], [], isText],
  [25, "parts", [CALL, EPOCH, WITHHOLDING, ACT], [], bytesOf(32)],
  [30, "covered", [EPOCH], [EPOCH], isNumber],
  [31, "root", [EPOCH], [EPOCH], bytesOf(32)],
  [32, "persons", [EPOCH], [EPOCH], isNumber],
  [33, "vrf", [EPOCH], [EPOCH], bytesOf(32)],
  [34, "number", [EPOCH], [EPOCH], isNumber],
  [40, "withheld", [WITHHOLDING], [WITHHOLDING], isNumber],
  [41, "until", [WITHHOLDING], [WITHHOLDING], isUntil],
  [50, "first", [ACT], [], isNumber],
  [51, "after", [ACT], [], isNumber],
  [52, "rule", [ACT], [], isText],
];
const BY_LABEL = new Map(LABELS.map(([label, name, may, needs, isGood]) => [label, { name, may, needs, isGood }]));

/** The map that stands at this index of the log. */
export function readEntry(index, bytes) {
  const found = decode(bytes);
  must(found instanceof Map, "entry", { index });
  const kind = found.has(1) ? found.get(1) : CALL;
  must(kind === CALL || (isNumber(kind) && kind > 0 && kind < KINDS.length), "entry", { index, label: 1 });
  for (const [label, value] of found) {
    const rule = BY_LABEL.get(label);
    must(rule && rule.may.includes(kind) && rule.isGood(value), "entry", { index, label: String(label) });
  }
  for (const [label, rule] of BY_LABEL) must(!rule.needs.includes(kind) || found.has(label), "entry", { index, label });
  must(kind !== EPOCH || found.get(30) <= index, "epoch-covered", { index });
  return found;
}

export const kindOf = (found) => KINDS[found.get(1) || CALL];

/** The same with names instead of labels, bytes in hex. */
export function named(found) {
  const plain = (value) => {
    if (value instanceof Uint8Array) return hex(value);
    if (value instanceof Map) return Object.fromEntries(Array.from(value, ([k, v]) => [String(k), plain(v)]));
    return Array.isArray(value) ? value.map(plain) : value;
  };
  const pairs = Array.from(found, ([label, value]) => [BY_LABEL.get(label).name, plain(value)]);
  return { ...Object.fromEntries(pairs), kind: kindOf(found) };
}
