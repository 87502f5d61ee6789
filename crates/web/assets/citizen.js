// The check on the citizen's page: proves the history (check.js), then compares with it, value by value, what the page shows.
(() => {
  "use strict";
  const panel = document.querySelector("[data-check]");
  if (!panel) return;
  const button = panel.querySelector("[data-check-run]");
  const result = panel.querySelector("[data-check-result]");
  const flaws = panel.querySelector("[data-check-flaws]");
  const [words, names, claim] = ["words", "names", "claim"].map((name) => JSON.parse(panel.dataset[name]));
  const MEMORY = "dancu.journal";

  const element = (tag, name, ...inside) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    made.append(...inside);
    return made;
  };
  const icon = (name) => panel.querySelector(`[data-icon=${name}] svg`).cloneNode(true);
  const fill = (key, values = {}) => words[key].replace(/«(\w+)»/g, (_, name) => values[name] ?? "");

  // --- what is proved, in the words of the page ---

  const two = (number) => String(number).padStart(2, "0");
  const vietnam = (us) => new Date(Math.floor(Number(us) / 1000) + 7 * 3_600_000);
  const day = (us) => {
    const at = vietnam(us);
    return `${two(at.getUTCDate())}/${two(at.getUTCMonth() + 1)}/${at.getUTCFullYear()}`;
  };
  const moment = (us) => {
    const at = vietnam(us);
    return `${day(us)} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  };
  const number = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, names.thousands);
  const fields = (bits) => names.field.filter((_, n) => (BigInt(bits ?? 0) >> BigInt(n)) & 1n).join(", ");
  const called = (kind, id, otherwise) => (id === undefined ? otherwise : (names[kind][id] ?? id));

  /** The values of an entry, by the names that they have in the page. */
  const say = (entry) => {
    const parts = entry.parts ?? {};
    if (entry.kind === "withholding") {
      return { at: moment(entry.time), kept: withholding(entry.withheld, entry.until), order: parts.order ?? "" };
    }
    if (entry.kind === "act") return { at: moment(entry.time), kept: names.erasure, order: entry.rule ?? "" };
    const of = entry.context ?? {};
    return {
      at: moment(entry.time),
      organisation: called("organisation", of.organisation, names.unknown),
      system: called("system", of.system, ""),
      role: called("role", of.role, ""),
      service: names.service[of.service] ?? names.otherService,
      outcome: typeof entry.outcome === "string" ? names.refused : names.outcome[Number(entry.outcome)],
      purpose: of.procedure ?? "",
      note: parts.purpose ?? "",
      case: parts.case ?? "",
      sent: fields(of.sent),
      released: fields(of.released),
    };
  };

  // --- the page against the proof ---

  const read = (part) => (part && !("empty" in part.dataset) ? part.textContent.replace(/\s+/g, " ").trim() : "");

  /** The words of a withholding. */
  const withholding = (index, until) => {
    const values = { number: number(index), until: day(until) };
    return names.withholding.replace(/«(\w+)»/g, (_, name) => values[name]);
  };

  /** Whether an order for it is in the log, or on the page among what is too new. Only the first page shows what is too new. */
  const isOrdered = (index, until, entries, fresh) =>
    claim.before !== null ||
    fresh.includes(withholding(index, until)) ||
    [...entries.values()].some((one) => one.kind === "withholding" && Number(one.withheld) === index);

  /** A withheld row: it must say until when, and have an order. */
  const compareWithheld = (row, index, until, entries, fresh) => {
    const withheld = row.querySelector("[data-withheld]");
    if (!withheld) return [fill("row-revealed", { index: number(index) })];
    if (withheld.dataset.withheld !== day(until)) {
      const told = value(withheld, names.label.at, withheld.dataset.withheld, day(until));
      return [fill("row-altered", { index: number(index) }), told];
    }
    if (isOrdered(index, until, entries, fresh)) return [];
    return [fill("row-unordered", { index: number(index) })];
  };

  /** What is wrong with one row: sentences; none when it is as proved. */
  const compare = (row, index, element, entries, fresh) => {
    if (element.withheldUntil !== null) return compareWithheld(row, index, element.withheldUntil, entries, fresh);
    const entry = entries.get(index);
    if (!entry) return [fill("row-unproved", { index: number(index) })];
    const proved = say(entry);
    const shown = new Set([...row.querySelectorAll("[data-part]")].map((part) => part.dataset.part));
    const wrong = [...new Set([...Object.keys(proved), ...shown])].filter(
      (name) => read(row.querySelector(`[data-part=${name}]`)) !== (proved[name] ?? ""),
    );
    const told = wrong.map((name) => {
      const part = row.querySelector(`[data-part=${name}]`);
      return value(part ?? row, names.label[name] ?? name, read(part), proved[name] ?? "");
    });
    return told.length ? [fill("row-altered", { index: number(index) }), ...told] : [];
  };

  const value = (part, label, shown, proved) => {
    part.dataset.wrong = "";
    const none = words["row-nothing"];
    return fill("row-value", { label, shown: shown || none, proved: proved || none });
  };

  /** Whether the page claims to show this entry. */
  const claimed = (element, entry) => {
    if (element.index >= claim.below || (claim.from !== null && element.index < claim.from)) return false;
    if (element.withheldUntil !== null || !entry) return true;
    const organisation = (entry.context ?? {}).organisation;
    const time = Number(entry.time);
    return (
      (claim.organisation === null || claim.organisation === organisation) &&
      (claim.from_us === null || claim.from_us <= time) &&
      (claim.to_us === null || time <= claim.to_us)
    );
  };

  const clear = () => {
    for (const mark of document.querySelectorAll(".look__flaw")) mark.remove();
    for (const part of document.querySelectorAll("[data-wrong]")) delete part.dataset.wrong;
    for (const row of document.querySelectorAll(".look")) row.classList.remove("look--good", "look--bad");
    result.replaceChildren();
    flaws.replaceChildren();
  };

  const mark = (row, sentences, entry) => {
    row.classList.add(sentences.length ? "look--bad" : "look--good");
    if (!sentences.length) {
      row.querySelector(".look__proof .badge span").textContent = words[entry?.gone ? "row-gone" : "row-proved"];
      return;
    }
    row.lastElementChild.append(element("p", "look__flaw", icon("bad"), element("span", "", sentences.join(". "))));
  };

  /** All rows; gives what is wrong, `{index, sentence}`, and how many rows are too new to be proved. */
  const compareAll = (proof) => {
    const chain = new Map(proof.chain.map((one) => [Number(one.index), one]));
    const entries = new Map(proof.entries.map((one) => [Number(one.index), one]));
    const [wrong, seen] = [[], new Set()];
    const rows = [...document.querySelectorAll("[data-looks] [data-index]")];
    const young = rows.filter((row) => Number(row.dataset.index) >= proof.covered);
    const fresh = young.map((row) => read(row.querySelector("[data-part=kept]")));
    for (const row of rows) {
      const index = Number(row.dataset.index);
      if (index >= proof.covered) continue;
      const one = chain.get(index);
      const foreign = !one || seen.has(index);
      const told = foreign ? [fill("row-added", { index: number(index) })] : compare(row, index, one, entries, fresh);
      seen.add(index);
      mark(row, told, entries.get(index));
      if (told.length) wrong.push({ index, sentence: told.join(". ") });
    }
    const oldest = Math.min(...entries.keys());
    for (const [index, one] of chain) {
      if (seen.has(index)) continue;
      const hidden = one.withheldUntil !== null && index >= oldest;
      if (hidden && !isOrdered(index, one.withheldUntil, entries, fresh)) {
        wrong.push({ index: null, sentence: fill("row-unordered", { index: number(index) }) });
      }
      if (!claimed(one, entries.get(index))) continue;
      const said = entries.has(index) ? say(entries.get(index)) : {};
      const about = [said.at, said.organisation, said.service ?? said.kept].filter(Boolean).join(", ");
      wrong.push({ index: null, sentence: fill("row-missing", { index: number(index), words: about }) });
    }
    return { wrong, young: young.length };
  };

  // --- telling ---

  const step = (one) => {
    const key = `step-${one.id}`;
    const [name, sign, state] =
      one.ok === true
        ? ["steps__good", "good", "passed"]
        : one.ok === false
          ? ["steps__bad", "bad", "not-passed"]
          : ["steps__later", "later", "not-reached"];
    const spoken = element("span", "visually-hidden", `${words[state]} `);
    const text = element("span", "", spoken, words[key] ?? words["step-other"]);
    const detail = one.detail ?? {};
    if (one.ok === false && detail.name) {
      const at = detail.index === undefined ? "" : ` · ${number(detail.index)}`;
      text.append(" ", element("code", "", detail.name + at));
    }
    return element("li", name, icon(sign), text);
  };

  const tell = (tone, title, text, steps) => {
    const sign = icon({ good: "good", info: "later" }[tone] ?? "bad");
    const inside = element("div", "", element("p", "notice__title", title), element("p", "", text));
    const list = element("ul", "steps", ...steps.map(step));
    result.replaceChildren(element("div", `notice notice--${tone}`, sign, inside), list);
    result.focus({ preventScroll: false });
  };

  const recall = () => {
    try {
      return JSON.parse(localStorage.getItem(MEMORY)) ?? {};
    } catch {
      return {};
    }
  };
  const remember = (newest) => {
    try {
      localStorage.setItem(MEMORY, JSON.stringify(newest));
    } catch {
      // A browser that keeps nothing checks all the same.
    }
  };

  const get = async (path) => {
    const answer = await fetch(path, { cache: "no-store", credentials: "same-origin" });
    if (answer.ok) return answer.text();
    throw Object.assign(new Error(path), { status: answer.status });
  };
  // The hashes that prove that the log only grew, one a line.
  const consistency = async (old, size) => (await get(`/journal/consistency/${old}/${size}`)).split("\n").filter(Boolean);

  const check = async () => {
    const steps = [{ id: "fetch", ok: false, detail: {} }];
    // The newest page has the orders for what is withheld further back; an older page has proofs of its own.
    const paths = ["/citizen/history.json", ...(claim.before === null ? [] : [`/citizen/history.json?before=${claim.before}`])];
    let key, histories, checkHistory;
    try {
      [key, { checkHistory }, ...histories] = await Promise.all([get("/journal/key"), import(panel.dataset.module), ...paths.map(get)]);
    } catch (error) {
      if (error.status === 404) return tell("info", words["none-title"], words["none-text"], []);
      steps[0].detail = { name: String(error.status ?? error.message) };
      return tell("bad", words["unproved-title"], words["unproved-text"], steps);
    }
    steps[0].ok = true;
    const memory = recall();
    const proof = await checkHistory(histories[0], key, { ...memory, consistency });
    const older = histories.length > 1 && proof.ok ? await checkHistory(histories[1], key, { ...proof.newest, consistency }) : proof;
    steps.push(...(older.ok ? proof : older).steps);
    if (older !== proof) proof.entries = [...proof.entries, ...older.entries];
    if (!proof.ok || !older.ok) return tell("bad", words["failed-title"], words["failed-text"], steps);

    const { wrong, young } = compareAll(proof);
    steps.push({ id: "rows", ok: !wrong.length, detail: {} });
    const items = wrong.map(({ index, sentence }) => {
      if (index === null) return element("li", "", sentence);
      const link = element("a", "", sentence);
      link.href = `#muc-${index}`;
      return element("li", "", link);
    });
    if (items.length) flaws.replaceChildren(element("ul", "", ...items));
    if (wrong.length) return tell("bad", words["bad-title"], words["bad-text"], steps);

    remember(proof.newest);
    const last = proof.steps.find((one) => one.id === "memory");
    const again = last && last.ok && last.detail.size !== undefined;
    const text = [
      fill("good-text", { count: number(proof.chain.length) }),
      young ? fill("good-new", { count: number(young) }) : "",
      again ? fill("seen-again", { before: number(last.detail.seen), size: number(last.detail.size) }) : "",
      last && last.detail.name === "memory-none" ? words["seen-first"] : "",
    ];
    return tell("good", words["good-title"], text.filter(Boolean).join(" "), steps);
  };

  button.addEventListener("click", async () => {
    clear();
    button.setAttribute("aria-busy", "true");
    result.replaceChildren(element("p", "", words.running));
    try {
      await check();
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
})();
