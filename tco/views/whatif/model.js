// The model: values of all steps for given settings, and the figures that people ask for.

const model = JSON.parse(document.getElementById("model").textContent);

const functions = { ...formulas, total, rows };
const firstCall = model.arguments.length + model.known.length;
const calls = model.calls.map(([name, ...given], i) => {
  const weights = Array.isArray(given[0]) ? given.shift() : null;
  const f = functions[name];
  return { name, step: firstCall + i, given, f: weights ? (...values) => f(weights, ...values) : f };
});
const compute = (values, some) => {
  for (const { step, f, given } of some) values[step] = f(...given.map((one) => values[one]));
};
const single = (value) => (isNumber(value) ? value : value[0]);
const largest = (value) => (isNumber(value) ? value : Math.max(...value));
const finite = (value) => (isNumber(value) ? Number.isFinite(value) : value.every(Number.isFinite));

// The calls that must be repeated when some steps change.
function downstream(changed) {
  const touched = new Set(changed);
  return calls.filter(({ step, given }) => given.some((one) => touched.has(one)) && touched.add(step));
}

const stakes = Object.entries(model.stakes).map(([option, stake]) => ({
  ...stake,
  option,
  calls: downstream(stake.parts),
}));

// All figures for settings by path; what is not set is as the case states it.
function evaluate(settings = {}) {
  const values = model.arguments.map((path, i) => settings[path] ?? model.stated[i]);
  values.push(...model.known);
  compute(values, calls);
  const problems = refusals(values);
  if (problems.length) return { problems };
  const units = single(values[model.units]);
  const baseline = presentCosts(values, model.baseline);
  const options = Object.fromEntries(
    model.options.map(({ name }) => [name, optionFigures(values, name, baseline, units)]),
  );
  return { problems, doubts: exceeded(values, model.doubts), units, options };
}

// Say why there is no answer: a joint limit that is broken, no demand, or a figure that is not finite.
function refusals(values) {
  const broken = exceeded(values, model.limits);
  if (broken.length) return broken;
  if (!model.wanted.every((step) => finite(values[step]))) {
    const first = calls.find(({ step }) => !finite(values[step]));
    return [`${first.name.replaceAll("_", " ")} has no finite value`];
  }
  return single(values[model.units]) > 0 ? [] : ["there is no demand within the horizon"];
}

function exceeded(values, limits) {
  const found = limits.filter(([, , step]) => largest(values[step]) > model.tolerance);
  return [...new Set(found.map(([option, words]) => `${labelOf(option)}: ${words}`))];
}

const labelOf = (name) => model.options.find((one) => one.name === name).label;

function optionFigures(values, name, baseline, units) {
  const costs = presentCosts(values, name);
  const totals = {};
  for (const kind of Object.keys(model.totals)) {
    totals[kind] = { present_cost: costs[kind], cost_per_unit: costs[kind] / units, npv: baseline[kind] - costs[kind] };
  }
  const other = name !== model.baseline;
  return {
    lines: linesOf(values, name),
    totals,
    payback: other ? payback(values, name) : null,
    highest_price: other ? highestPrice(values, stakes.find((one) => one.option === name), baseline) : null,
  };
}

const linesOf = (values, name) =>
  Object.fromEntries(Object.entries(model.present_values[name]).map(([line, step]) => [line, single(values[step])]));

function presentCosts(values, name) {
  const lines = linesOf(values, name);
  const within = (grades) => model.lines.filter((line) => line.name in lines && grades.includes(line.grade));
  return Object.fromEntries(
    Object.entries(model.totals).map(([kind, grades]) => [
      kind,
      within(grades).reduce((sum, line) => sum + lines[line.name], 0),
    ]),
  );
}

// When the running total of savings is first 0 or more, in months; null where it never is. A total within the
// rounding of its own terms is 0. Then what becomes of it: whether it is 0 or more at the end, whether it ever was
// above 0, and the first month at whose end it is below 0 after that.
function payback(values, name) {
  const flows = model.monthly[name].map((step, t) => single(values[model.monthly[model.baseline][t]]) - single(values[step]));
  let [sum, size, before] = [0, 0, 0];
  const paid = [];
  let [months, gained] = [null, false];
  flows.forEach((flow, t) => {
    [before, sum, size] = [sum, sum + flow, size + Math.abs(flow)];
    paid.push(sum >= -flows.length * Number.EPSILON * size);
    gained ||= sum > flows.length * Number.EPSILON * size;
    if (paid[t] && months === null) months = t ? t - 1 + Math.min(-before / flow, 1) : 0;
  });
  const crossings = paid.filter((one, t) => t && one !== paid[t - 1]).length;
  const behind = paid.findIndex((one, t) => !one && months !== null && t >= months);
  return { months, repeated: crossings > 1, kept: paid.at(-1), gained, behind: behind < 0 ? null : behind };
}

// The value of the price at stake at which the saving is 0, in each total: savings are straight lines in it.
function highestPrice(values, stake, baseline) {
  const parts = stake.parts.map((step) => values[step]);
  const [reached, rate] = stake.reached.map((step) => single(values[step]));
  const today = stake.first === null ? stake.value : values[stake.first];
  const value = reached === undefined ? today : reached / rate;
  if (value === 0 && parts.some((part) => part !== 0)) return { value, prices: null };
  const ratios = parts.map((part) => (value ? part / value : 1));
  const saved = (price) => {
    const turned = values.slice();
    stake.parts.forEach((step, i) => (turned[step] = ratios[i] * price));
    compute(turned, stake.calls);
    const costs = presentCosts(turned, stake.option);
    return Object.fromEntries(Object.keys(model.totals).map((kind) => [kind, baseline[kind] - costs[kind]]));
  };
  const step = Math.abs(value) || priceOfAll(saved, baseline.all_in);
  const [first, last] = [0.5 * step, step];
  const [low, middle, high] = [first, 0.75 * step, last].map(saved);
  const bent = Object.keys(low).some(
    (kind) => Math.abs(middle[kind] - (low[kind] + high[kind]) / 2) > 1e-9 * Math.abs(baseline.all_in),
  );
  if (bent) return { value, prices: null };
  const prices = Object.fromEntries(
    Object.keys(low).map((kind) => [kind, zeroOf(first, last, low[kind], high[kind], stake.low)]),
  );
  return { value, prices };
}

// A price at which the option's purchases cost about as much as the baseline: the scale of a price that is 0 now.
function priceOfAll(saved, cost) {
  const [none, one] = [0, 1].map((price) => saved(price).all_in);
  const found = Math.abs(cost / (one - none));
  return found > 0 && Number.isFinite(found) ? found : 1;
}

// Where a straight line through two points is 0: a number, "any" where it is above 0 throughout, else "none".
function zeroOf(first, last, atFirst, atLast, lowest) {
  const rise = atLast - atFirst;
  if (Math.abs(rise) <= 1e-14 * (Math.abs(atFirst) + Math.abs(atLast))) return atFirst > 0 ? "any" : "none";
  const zero = first - (atFirst * (last - first)) / rise;
  if (lowest === null || zero >= lowest) return zero;
  return atLast > 0 ? "any" : "none";
}

globalThis.tco = { evaluate, model };
