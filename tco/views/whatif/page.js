// The page: settings come from sliders, fields, the address and files; figures go into words, charts and tables.

const NAMES = { hard: "hard", hard_and_estimated: "hard + estimated", all_in: "all in" };
const byId = (id) => document.getElementById(id);
const stated = evaluate();
let settings = {};
let chosen = model.best;

// --- Numbers as people read them ---

const formats = new Map(); // making one takes longer than all that it writes
const format = (value, options) => {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat("en-GB", options));
  const text = formats.get(key).format(value);
  return /^-[0.,]*$/.test(text) ? text.slice(1) : text;
};
// How amounts are written beside each other, by the largest of them: the rules of the report, as tables by size.
const formOf = (table, amounts) => {
  const largest = Math.max(0, ...amounts.map(Math.abs));
  return model.figures[table].findLast(({ from }) => from <= largest);
};
const amount = (value, { divisor, decimals, letters }, more = {}) => {
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return `${format(value / divisor, { ...digits, ...more })} ${letters}`.trim();
};
const withSign = { signDisplay: "exceptZero" };
const signed = (value, form) => amount(value, form, withSign);
const alone = (value) => amount(value, formOf("alone", [value]));
const totalsOf = (found, names) => names.flatMap((name) => Object.values(found.options[name].totals));
const everyName = model.options.map(({ name }) => name);
// Costs of a unit: of all options alike.
const eachForm = (found) => formOf("each", totalsOf(found, everyName).map((one) => one.cost_per_unit));
// Sums saved by some options: no finer than the baseline's cost is told, so that no rounding looks like money.
const finestOf = (found) => {
  const { divisor, decimals } = formOf("sums", [found.options[model.baseline].totals.all_in.present_cost]);
  return divisor > 1 ? 0 : decimals;
};
const savedForm = (found, names) => {
  const form = formOf("sums", totalsOf(found, names).map(({ npv }) => npv));
  return form.divisor > 1 ? form : { ...form, decimals: Math.min(form.decimals, finestOf(found)) };
};
const plain = (value, digits = 12) => String(Number(value.toPrecision(digits)));
const upper = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
const words = (name) => upper(name.replaceAll("_", " "));
const UNKNOWN = "INCOMPLETE";
// Rates that the case writes as unknown: they count as 0, and mark what rests on them until they are set, if only to 0.
const nobodyKnows = new Set(Object.values(model.unknown).flatMap((all) => all.map(({ path }) => path)));
const unknownOf = (...names) => {
  const open = names.flatMap((name) => model.unknown[name]).filter(({ path }) => !(path in settings));
  return [...new Map(open.map((one) => [one.path, one])).values()];
};
const called = (name) => upper(labelOf(name)) + (unknownOf(name).length ? ` (${UNKNOWN})` : "");
const scaleOf = (input) => (input.percent ? 100 : 1);
// What the case states may be the mean of a range, with many digits; what was typed is shown as it was.
const shown = (input, value) => plain(value * scaleOf(input), value === input.value ? 6 : 12);
const written = (input, value) => `${shown(input, value)}${input.percent ? " %" : ""}`;

const MOST_DIGITS = 8; // of a field that is as wide as all others

// --- Settings ---

const valueOf = (path) => settings[path] ?? model.inputs[path].value;

function set(path, value) {
  if (value === model.inputs[path].value && !nobodyKnows.has(path)) delete settings[path];
  else settings[path] = value;
}

// Say what is wrong with a value; nothing where all is well.
function objection(input, value) {
  const number = Number.isFinite(value);
  const expected = {
    share: "a share between 0 % and 100 %",
    rate: "a rate above -100 %",
    positive: input.low > 0 ? `${input.low} or more` : "0 or more",
    number: "a number",
  }[input.kind];
  const low = input.kind === "rate" ? value > input.low : input.low === null || value >= input.low;
  const inside = number && low && (input.high === null || value <= input.high);
  return inside ? "" : `expected ${expected}, found ${number ? written(input, value) : "no number"}`;
}

// --- Controls ---

const controls = [...document.querySelectorAll(".control[data-path]")].map((box) => new Control(box));
const together = document.querySelector("[data-together]");

function Control(box) {
  const path = box.dataset.path;
  const input = model.inputs[path];
  const [field, slider] = [box.querySelector("input[type=number]"), box.querySelector("input[type=range]")];
  const [undo, error] = [box.querySelector(".undo"), box.querySelector(".error")];
  const take = (text) => {
    const value = text.trim() === "" ? NaN : Number(text) / scaleOf(input);
    const wrong = objection(input, value);
    complain(wrong);
    if (!wrong) set(path, value);
    return !wrong;
  };
  const complain = (wrong) => {
    error.textContent = wrong && `${wrong}: the figures keep ${written(input, valueOf(path))}`;
    field.setAttribute("aria-invalid", String(Boolean(wrong)));
  };
  slider.addEventListener("input", () => take(slider.value) && changed(slider));
  field.addEventListener("input", () => take(field.value) && changed(field));
  undo.addEventListener("click", () => {
    delete settings[path];
    changed();
    field.focus();
  });
  for (const one of [slider, field]) one.addEventListener("change", remember);
  // Show the value that the figures are computed with, but leave alone what is being typed.
  let last = null;
  this.show = (source) => {
    const value = valueOf(path);
    const wrong = field.getAttribute("aria-invalid") === "true";
    if (value === last && !wrong && source !== slider && source !== field) return;
    last = value;
    if (source !== slider) slider.value = value * scaleOf(input);
    if (source !== field) {
      field.value = shown(input, value);
      complain("");
    }
    field.classList.toggle("long", field.value.length > MOST_DIGITS);
    slider.setAttribute("aria-valuetext", `${written(input, value)} ${input.percent ? "" : input.unit}`.trim());
    undo.hidden = !(path in settings);
    box.classList.toggle("moved", path in settings);
  };
}

// One slider for the churn of all failure modes, as a percentage of what the case states.
function setUpTogether() {
  if (!together) return () => {};
  const [field, slider] = [together.querySelector("input[type=number]"), together.querySelector("input[type=range]")];
  const [undo, error] = [together.querySelector(".undo"), together.querySelector(".error")];
  const factor = () => {
    const found = model.churn.map((path) => valueOf(path) / model.inputs[path].value);
    const same = found.every((one) => Math.abs(one - found[0]) <= 1e-9 * Math.max(1, found[0]));
    return same ? 100 * found[0] : null;
  };
  const take = (text) => {
    const share = text.trim() === "" ? NaN : Number(text) / 100;
    const most = Math.min(...model.churn.map((path) => 1 / model.inputs[path].value));
    const fits = share >= 0 && share <= most;
    error.textContent = fits ? "" : `expected a number between 0 and ${Math.floor(100 * most)}`;
    field.setAttribute("aria-invalid", String(!fits));
    if (fits) model.churn.forEach((path) => set(path, share === 1 ? model.inputs[path].value : share * model.inputs[path].value));
    return fits;
  };
  slider.addEventListener("input", () => take(slider.value) && changed(slider));
  field.addEventListener("input", () => take(field.value) && changed(field));
  undo.addEventListener("click", () => {
    model.churn.forEach((path) => delete settings[path]);
    changed();
    field.focus();
  });
  for (const one of [slider, field]) one.addEventListener("change", remember);
  return (source) => {
    const value = factor();
    const moved = model.churn.some((path) => path in settings);
    if (source !== slider) slider.value = value ?? 100;
    if (source !== field) {
      field.value = value === null ? "" : plain(value);
      field.placeholder = value === null ? "differs" : "";
      error.textContent = "";
      field.setAttribute("aria-invalid", "false");
    }
    slider.setAttribute("aria-valuetext", value === null ? "differs by mode" : `${plain(value)} % of stated`);
    undo.hidden = !moved;
    together.classList.toggle("moved", moved);
  };
}
const showTogether = setUpTogether();

// --- What follows from a change ---

let frame = 0;
let idle = 0;

function changed(source) {
  controls.forEach((one) => one.show(source));
  showTogether(source);
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(render);
}

function render() {
  const found = evaluate(settings);
  const broken = found.problems.length > 0;
  document.body.classList.toggle("stale", broken);
  byId("problem").hidden = !broken;
  byId("problem").textContent = broken ? `No figures with these settings. ${found.problems.map(upper).join(". ")}.` : "";
  byId("doubts").hidden = broken || !found.doubts.length;
  byId("doubts").textContent = broken || !found.doubts.length ? "" : `Doubtful. ${found.doubts.map(upper).join(". ")}.`;
  if (!broken) {
    showAnswer(found);
    drawStacks(found);
    drawBridge(found);
    listLines(found);
  }
  listChanges();
  byId("command").textContent = command();
  clearTimeout(idle);
  idle = setTimeout(() => {
    byId("spoken").textContent = broken ? "" : spokenAnswer(found);
  }, 700);
}

// Savings below half of the last digit that the baseline's cost has are none.
const leastOf = (found) => 0.5 / 10 ** finestOf(found);
const saves = (npv, least) => (Math.abs(npv) < least ? "saves nothing" : npv > 0 ? "saved" : "costs more");

function showAnswer(found) {
  const option = found.options[chosen];
  const open = unknownOf(chosen, model.baseline);
  byId("incomplete").hidden = !open.length;
  byId("incomplete").textContent = open.length ? unknownWords(open) : "";
  for (const one of byId("option").options) one.textContent = called(one.value);
  const before = stated.problems.length ? null : stated.options[chosen];
  const [form, least] = [savedForm(found, [chosen]), leastOf(found)];
  for (const card of document.querySelectorAll(".card")) {
    const kind = card.dataset.total;
    const { npv } = option.totals[kind];
    const tell = (name, text) => {
      const place = card.querySelector(`[data-figure=${name}]`);
      place.textContent = text;
      return place;
    };
    tell("npv", signed(npv, form)).classList.toggle("long", signed(npv, form).length > MOST_DIGITS + 2);
    tell("mark", open.length ? UNKNOWN : "");
    tell("words", `${saves(npv, least)}${Math.abs(npv) < least ? "" : `, ${alone(Math.abs(npv / found.units))} a unit`}`);
    const was = before && before.totals[kind].npv;
    tell("stated", before && signed(was, form) !== signed(npv, form) ? `as stated ${signed(was, form)}` : "as stated");
    tell("price", `highest price ${highest(option, kind, model.stakes[chosen].unit)}`);
    card.classList.toggle("loses", npv <= -least);
  }
  byId("sentence").textContent = `${paidBack(option, least)} ${priceNow(option)}`;
}

function unknownWords(open) {
  const names = open.map(({ label }) => label).join("; ");
  const [is, count, them] = open.length > 1 ? ["are", "count", "them"] : ["is", "counts", "it"];
  const settable = open.some(({ path }) => path in model.inputs) ? ` Set ${them} among the inputs to see the answer.` : "";
  return `${UNKNOWN}: ${names} ${is} unknown and ${count} as 0.${settable}`;
}

function highest(option, kind, unit) {
  const { prices } = option.highest_price;
  if (prices === null) return "not a straight line: see tco breakeven";
  if (prices[kind] === "none") return "none is low enough";
  return prices[kind] === "any" ? "any" : `${alone(prices[kind])} ${unit}`;
}

function paidBack({ payback: { months, repeated, kept, gained, behind }, totals }, least) {
  if (months === null) return "It does not pay back within the horizon.";
  const after = `after ${format(months, { maximumFractionDigits: 1 })} months`;
  if (!kept) {
    const free = months === 0 ? "needs nothing up front" : `pays back ${after}`;
    if (gained) return `It ${free}${months ? "" : " and saves at first"}, but by month ${behind} all of it is lost again: it loses over the horizon.`;
    return `It does not pay back: it ${free}, but costs more from month ${behind} on, and loses over the horizon.`;
  }
  const again = repeated || behind !== null ? ", but falls behind for a while later" : "";
  const discounted = totals.all_in.npv <= -least ? " That is without discounting: as present value it loses." : "";
  if (months) return `It pays back ${after}, all in${again}.${discounted}`;
  if (!gained) return "It saves nothing and needs nothing up front: there is nothing to pay back.";
  return `It pays back at once${again || ": it needs nothing up front"}.${discounted}`;
}

// What the table of all options says of the same.
function paybackInShort({ months, kept, gained }) {
  if (months === null || (!kept && !gained)) return "never";
  const when = months === 0 ? "at once" : format(months, { maximumFractionDigits: 1 });
  return kept ? when : `${when}, then lost again`;
}

function priceNow({ highest_price: { value } }) {
  const stake = model.stakes[chosen];
  const now = `now ${alone(value)} ${stake.unit}`;
  const name = `“${stake.label}”`;
  const most = {
    single: `the most that ${name} may be, for this option alone; ${now}`,
    path: `the most that ${name} may be in the first year, for this option alone, all years moved in proportion; ${now}`,
    table: `the most that the plan may pay from ${name}, for this option alone, all its prices moved in proportion; ${now}`,
  }[stake.kind];
  return `Highest price: ${most}.`;
}

function spokenAnswer(found) {
  const { totals } = found.options[chosen];
  const form = savedForm(found, [chosen]);
  const parts = Object.keys(NAMES).map((kind) => `${NAMES[kind]} ${signed(totals[kind].npv, form)}`);
  const open = unknownOf(chosen, model.baseline);
  const mark = open.length ? `${unknownWords(open)} ` : "";
  return `${mark}${upper(labelOf(chosen))}, saved in ${model.currency}: ${parts.join(", ")}. ${paidBack(found.options[chosen], leastOf(found))}`;
}

// --- Charts ---

const INK = "#222222";
const GROUPS = {
  supply: { colour: "#0072B2", ink: "#ffffff" },
  fulfilment: { colour: "#56B4E9", ink: INK },
  failures: { colour: "#D55E00", ink: INK },
  service: { colour: "#E69F00", ink: INK },
  inventory: { colour: "#F0E442", ink: INK, hatch: "M0 6L6 0" },
  risk: { colour: "#009E73", ink: INK, hatch: "M0 0L6 6" },
  customers: { colour: "#CC79A7", ink: INK, hatch: "M0 6L6 0M0 0L6 6" },
};

function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function html(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function hatched(id, colour, lines, stroke = "#ffffff") {
  const pattern = svg("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse" });
  pattern.append(svg("rect", { width: 6, height: 6, fill: colour }), svg("path", { d: lines, stroke, "stroke-width": 1 }));
  return pattern;
}

const fillOf = (group) => (GROUPS[group].hatch ? `url(#hatch-${group})` : GROUPS[group].colour);
const patterns = () =>
  svg(
    "defs",
    {},
    ...Object.entries(GROUPS).filter(([, { hatch }]) => hatch).map(([name, { colour, hatch }]) => hatched(`hatch-${name}`, colour, hatch, INK)),
    hatched("hatch-worse", "#D55E00", "M0 6L6 0"),
  );

function chart(place, height, text, marks) {
  const width = Math.max(280, Math.min(960, place.clientWidth || 640));
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": text, "font-size": 13, fill: INK });
  picture.append(patterns(), ...marks(width));
  place.replaceChildren(picture);
}

function label(x, y, text, more = {}) {
  return svg("text", { x, y, ...more }, text);
}

// How wide the widest of some texts is in bold, the type of charts; and a text cut to a width.
const ruler = document.createElement("canvas").getContext("2d");
ruler.font = `bold 13px ${getComputedStyle(document.documentElement).fontFamily}`;
const widest = (texts) => Math.max(0, ...texts.map((text) => ruler.measureText(text).width));

function fitted(text, width) {
  let length = text.length;
  while (length > 1 && widest([length < text.length ? `${text.slice(0, length)}…` : text]) > width) length -= 1;
  return length < text.length ? `${text.slice(0, length)}…` : text;
}

function byGroup(found, name) {
  const sums = {};
  for (const line of model.lines) {
    const cost = found.options[name].lines[line.name] ?? 0;
    sums[line.group] = (sums[line.group] ?? 0) + cost / found.units;
  }
  return sums;
}

const groupsUsed = Object.keys(GROUPS).filter((group) => model.lines.some((line) => line.group === group));

function drawStacks(found) {
  const bars = model.options.map(({ name, label: text }) => ({ name, text, sums: byGroup(found, name) }));
  const side = (sums, sign) => groupsUsed.reduce((sum, group) => sum + Math.max(0, sign * (sums[group] ?? 0)), 0);
  const [most, least] = [Math.max(...bars.map(({ sums }) => side(sums, 1))), Math.max(...bars.map(({ sums }) => side(sums, -1)))];
  const form = eachForm(found);
  for (const bar of bars) bar.total = amount(found.options[bar.name].totals.all_in.cost_per_unit, form);
  const marks = (width) => {
    const x = scale(-least, most, 0, width - 8 - widest(bars.map(({ total }) => total)));
    return bars.flatMap((bar, row) => stack(bar, 54 * row, x, form, width));
  };
  const totals = bars.map(({ text, total }) => `${text} ${total}`);
  chart(byId("stacks"), 54 * bars.length, `Cost of a planned unit in ${model.currency}: ${totals.join("; ")}`, marks);
}

const scale = (low, high, start, end) => (value) => start + ((value - low) / (high - low || 1)) * (end - start);

function stack({ name, sums, total }, top, x, form, width) {
  const bold = name === chosen || name === model.baseline ? "bold" : "normal";
  const marks = [label(0, top + 14, fitted(called(name), width), { "font-weight": bold })];
  const ends = { 1: 0, "-1": 0 };
  for (const group of groupsUsed) {
    const cost = sums[group] ?? 0;
    if (!cost) continue;
    const sign = Math.sign(cost);
    const [from, to] = [ends[sign], ends[sign] + cost].map(x);
    ends[sign] += cost;
    const text = amount(cost, form);
    const [left, wide] = [Math.min(from, to), Math.abs(to - from)];
    marks.push(svg("rect", { x: left, y: top + 20, width: wide, height: 24, fill: fillOf(group), stroke: "#ffffff" }));
    if (wide > widest([text]) && !GROUPS[group].hatch) {
      const middle = { "text-anchor": "middle", fill: GROUPS[group].ink, "font-size": 12 };
      marks.push(label(left + wide / 2, top + 36, text, middle));
    }
  }
  marks.push(svg("path", { d: `M${x(0)} ${top + 18}V${top + 46}`, stroke: INK }));
  marks.push(label(x(ends[1]) + 6, top + 37, total, { "font-weight": "bold" }));
  return marks;
}

function drawLegend() {
  const items = groupsUsed.map((group) => {
    const swatch = svg("svg", { viewBox: "0 0 16 12", "aria-hidden": "true" });
    swatch.append(svg("rect", { width: 16, height: 12, fill: fillOf(group) }));
    return html("li", {}, swatch, words(group));
  });
  byId("legend").replaceChildren(...items);
}

const MOST_STEPS = 10;

function bridgeSteps(found) {
  const [base, option] = [found.options[model.baseline].lines, found.options[chosen].lines];
  const all = model.lines
    .map((line) => ({ ...line, change: ((option[line.name] ?? 0) - (base[line.name] ?? 0)) / found.units }))
    .filter(({ change }) => change !== 0);
  const least = 0.01 * all.reduce((sum, { change }) => sum + Math.abs(change), 0);
  const kept = new Set([...all].sort((a, b) => Math.abs(b.change) - Math.abs(a.change)).slice(0, MOST_STEPS));
  const large = all.filter((one) => kept.has(one) && Math.abs(one.change) >= least);
  const small = all.filter((one) => !large.includes(one));
  const steps = large.map(({ name, grade, change }) => ({ text: words(name) + (grade === "hard" ? "" : ` (${grade})`), change }));
  if (small.length) {
    steps.push({ text: `${small.length} small line${small.length > 1 ? "s" : ""}`, change: small.reduce((sum, one) => sum + one.change, 0) });
  }
  return steps;
}

function drawBridge(found) {
  const [base, option] = [model.baseline, chosen].map((name) => found.options[name].totals.all_in.cost_per_unit);
  const steps = bridgeSteps(found);
  const rows = [{ text: called(model.baseline), from: 0, to: base, whole: true }];
  for (const { text, change } of steps) {
    const from = rows.at(-1).to;
    rows.push({ text, from, to: from + change, change });
  }
  rows.push({ text: called(chosen), from: 0, to: option, whole: true });
  tellSteps(rows, bridgeForm(found, steps));
  const told = rows.slice(1, -1).map(({ text, told: change }) => `${text} ${change}`);
  const text = `From ${rows[0].told} with ${labelOf(model.baseline)} to ${rows.at(-1).told} with ${labelOf(chosen)}, ${model.currency} a unit: ${told.join("; ") || "nothing changes"}`;
  const wide = byId("bridge").clientWidth > 560;
  const height = wide ? 28 : 42;
  chart(byId("bridge"), height * rows.length + 18, text, (width) => bridgeMarks(rows, width, height, wide));
  byId("bridge-to").textContent = labelOf(chosen);
}

// As costs of a unit are told, or with two digits of the largest step where that is more.
function bridgeForm(found, steps) {
  const form = eachForm(found);
  const largest = Math.max(...steps.map(({ change }) => Math.abs(change))) / form.divisor;
  const digits = largest > 0 ? 1 - Math.floor(Math.log10(largest)) : 0;
  return { ...form, decimals: Math.min(Math.max(form.decimals, digits), form.decimals + 3, 12) };
}

// Write each step as the difference of the rounded costs before and after it, so that what stands there adds up.
function tellSteps(rows, form) {
  const unit = form.divisor / 10 ** form.decimals;
  const rounded = (value) => Math.round(value / unit);
  for (const row of rows) {
    const { whole, from, to } = row;
    row.told = whole ? amount(rounded(to) * unit, form) : signed((rounded(to) - rounded(from)) * unit, form);
  }
}

function bridgeMarks(rows, width, height, wide) {
  const ends = rows.map(({ to }) => to);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const start = low <= 0 ? Math.min(low, 0) : high - low < 0.5 * low ? Math.max(0, low - 0.6 * (high - low || 0.1 * low)) : 0;
  const left = wide ? 250 : 0;
  const x = scale(start, high, left, width - 8 - widest(rows.map(({ told }) => told)));
  const bar = wide ? 4 : 20;
  const marks = rows.flatMap(({ text, from, to, whole, change, told }, row) => {
    const top = row * height;
    const [a, b] = [whole ? Math.max(from, start) : from, to].map(x);
    const fill = whole ? "#5f5f5f" : change < 0 ? "#0072B2" : "url(#hatch-worse)";
    const weight = whole ? "bold" : "normal";
    const name = fitted(text, wide ? left - 8 : width);
    const found = [
      label(wide ? left - 8 : 0, top + (wide ? bar + 14 : 15), name, { "text-anchor": wide ? "end" : "start", "font-weight": weight }),
      svg("rect", { x: Math.min(a, b), y: top + bar, width: Math.max(Math.abs(b - a), 0.5), height: 19, fill }),
      label(Math.max(a, b) + 5, top + bar + 14, told, { "font-weight": weight }),
    ];
    if (row < rows.length - 1) found.push(svg("path", { d: `M${x(to)} ${top + bar}V${top + height + bar + 19}`, stroke: "#5f5f5f", "stroke-width": 0.7 }));
    return found;
  });
  const note = start > 0 ? `${model.currency} a unit (the axis does not begin at 0)` : `${model.currency} a unit`;
  marks.push(label(left, rows.length * height + 12, note, { "font-size": 12, fill: "#57606a" }));
  return marks;
}

// --- Tables ---

function table(place, heads, body) {
  const head = html("tr", {}, ...heads.map((text, i) => html("th", { scope: "col", ...(i ? { class: "figure" } : {}) }, text)));
  const lines = body.map(({ cells, total: bold }) => {
    const [first, ...others] = cells;
    const row = html("tr", bold ? { class: "total" } : {}, html("th", { scope: "row" }, first));
    row.append(...others.map((text) => html("td", { class: "figure" }, text)));
    return row;
  });
  place.replaceChildren(html("thead", {}, head), html("tbody", {}, ...lines));
}

function listLines(found) {
  const names = everyName;
  const [form, sums] = [eachForm(found), savedForm(found, names)];
  const perUnit = (cost) => (cost === undefined ? "–" : amount(cost / found.units, form));
  const body = [];
  const grades = { hard: "hard", estimated: "hard_and_estimated", soft: "all_in" };
  for (const [grade, kind] of Object.entries(grades)) {
    for (const line of model.lines.filter((one) => one.grade === grade)) {
      body.push({ cells: [words(line.name), ...names.map((name) => perUnit(found.options[name].lines[line.name]))] });
    }
    body.push({ cells: [`${upper(NAMES[kind])}, a unit`, ...names.map((name) => amount(found.options[name].totals[kind].cost_per_unit, form))], total: true });
  }
  for (const kind of Object.keys(NAMES)) {
    const saved = (name) => (name === model.baseline ? "–" : signed(found.options[name].totals[kind].npv, sums));
    body.push({ cells: [`Saved, ${NAMES[kind]}`, ...names.map(saved)], total: kind === "all_in" });
  }
  const months = (name) => {
    const { payback } = found.options[name];
    return payback ? paybackInShort(payback) : "–";
  };
  body.push({ cells: ["Payback, months, all in", ...names.map(months)] });
  for (const kind of Object.keys(NAMES)) {
    const most = (name) => (name === model.baseline ? "–" : highest(found.options[name], kind, model.stakes[name].unit.split(" ")[0]));
    body.push({ cells: [`Highest price, ${NAMES[kind]}`, ...names.map(most)] });
  }
  table(byId("lines"), [`${model.currency}`, ...model.options.map((one) => called(one.name))], body);
}

function listChanges() {
  const paths = Object.keys(settings);
  if (!paths.length) {
    byId("changed").replaceChildren(html("p", { class: "about" }, "Nothing: all inputs stand as the case states them."));
    return;
  }
  const body = paths.map((path) => {
    const input = model.inputs[path];
    const before = nobodyKnows.has(path) ? "unknown" : written(input, input.value);
    return { cells: [input.label, before, written(input, settings[path]), input.percent ? "" : input.unit] };
  });
  const made = html("table");
  table(made, ["Input", "as stated", "now", ""], body);
  byId("changed").replaceChildren(made);
}

// The same settings for the command line; a path by contract year is stated whole.
function command() {
  const stated = new Map();
  for (const path of Object.keys(settings)) {
    const whole = path.replace(/\.by_year\.\d+$/, "");
    const years = (model.by_year[whole] ?? []).map((value, year) => settings[`${whole}.by_year.${year}`] ?? value);
    const value = whole === path ? String(settings[path]) : `{by_year: [${years.join(", ")}]}`;
    stated.set(whole, value);
  }
  const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
  const more = model.remade ? "\n# besides the settings that this page was made with" : "";
  const scenario = model.scenario ? [` --scenario ${quoted(model.scenario)}`] : [];
  return [`tco compare ${model.file}`, ...scenario, ...[...stated].map(([path, value]) => ` --set ${quoted(`${path}=${value}`)}`), more].join("");
}

// --- Settings in the address and in files ---

const address = () =>
  `#${[["option", chosen], ...Object.entries(settings)].map((pair) => pair.map(encodeURIComponent).join("=")).join("&")}`;

function remember() {
  history.replaceState(null, "", address());
}

// Take settings from outside: each that fits is taken, and what does not fit is told.
function take(found, option, source = "") {
  const [refused, problems] = [[], []];
  settings = {};
  for (const [path, value] of Object.entries(found)) {
    const input = Object.hasOwn(model.inputs, path) ? model.inputs[path] : null;
    const wrong = input ? objection(input, typeof value === "number" ? value : NaN) : "the case has no such input";
    if (wrong) refused.push(`${path}: ${wrong}`);
    else set(path, value);
  }
  if (model.options.some(({ name }) => name === option && name !== model.baseline)) chosen = option;
  else if (option === model.baseline) problems.push(`${source} names the baseline as its option: ${option}`);
  else if (option !== undefined) problems.push(`${source} names an option that the case does not have: ${option}`);
  byId("option").value = chosen;
  changed();
  if (refused.length) problems.push(`Not taken: ${refused.join("; ")}`);
  return problems;
}

function takeAddress() {
  const text = location.hash.slice(1);
  if (!text || document.getElementById(text)) return; // no settings: a place on the page
  try {
    const pairs = text.split("&").map((pair) => pair.split("=").map(decodeURIComponent));
    if (!pairs.every((pair) => pair.length === 2 && pair[0])) throw new URIError();
    const { option, ...found } = Object.fromEntries(pairs);
    const numbers = Object.entries(found).map(([path, number]) => [path, number.trim() === "" ? NaN : Number(number)]);
    tell(take(Object.fromEntries(numbers), option, "This link"), "Settings taken from the link.");
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    tell(["This link is cut off or garbled and cannot be read: nothing was taken from it"], "");
  }
}

// Say what was done, or plainly what was not, also at the top where it cannot be missed.
function tell(problems, done) {
  const text = problems.length ? `${problems.join(". ")}.` : done;
  byId("note").textContent = text;
  byId("refused").hidden = !problems.length;
  byId("refused").textContent = problems.length ? text : "";
}

function save() {
  const text = JSON.stringify({ whatif: 1, case: model.case, fingerprint: model.fingerprint, option: chosen, settings }, null, 2);
  const link = html("a", { href: URL.createObjectURL(new Blob([text], { type: "application/json" })), download: "whatif-settings.json" });
  link.click();
  URL.revokeObjectURL(link.href);
  tell([], "Settings saved to whatif-settings.json.");
}

async function loadFile(file) {
  try {
    const found = JSON.parse(await file.text());
    if (found?.whatif !== 1 || typeof found.settings !== "object" || found.settings === null) throw new SyntaxError();
    if (typeof found.case === "string" && found.case !== model.case) {
      const both = `expected settings of the case “${model.case}”, found those of “${found.case}”`;
      tell([`${file.name}: ${both}: nothing was taken. Load them into the page of that case`], "");
      return;
    }
    const same = found.fingerprint === model.fingerprint;
    tell(take(found.settings, found.option, "This file"), same ? "Settings loaded." : "Settings loaded; they were saved for another state of the case.");
    remember();
  } catch {
    tell([`${file.name} is no file that this page saved`], "");
  }
}

async function copyLink() {
  remember();
  try {
    await navigator.clipboard.writeText(location.href);
    tell([], "Link copied. It opens this page, where it lies now, with these settings.");
  } catch {
    tell([], "The address of this page now holds these settings: copy it from the address bar.");
  }
}

byId("option").addEventListener("change", (event) => {
  chosen = event.target.value;
  changed();
  remember();
});
byId("reset").addEventListener("click", () => {
  tell(take({}, chosen), "All inputs stand as the case states them.");
  remember();
});
byId("save").addEventListener("click", save);
byId("link").addEventListener("click", copyLink);
byId("print").addEventListener("click", () => window.print());
byId("load").addEventListener("change", (event) => {
  if (event.target.files.length) loadFile(event.target.files[0]);
  event.target.value = "";
});
window.addEventListener("hashchange", takeAddress);
window.addEventListener("resize", () => changed());

drawLegend();
byId("option").value = chosen;
changed();
takeAddress();
