"use strict";

// Arithmetic on numbers and on rows of them: one a failure mode, an activity, a disposition or a price break.
// Rows go with rows of the same number, with a single row, and with plain numbers, as in NumPy.

const isNumber = (value) => typeof value === "number";

function byRow(f, given) {
  const counts = given.filter((one) => !isNumber(one)).map((one) => one.length);
  const count = counts.includes(0) ? 0 : Math.max(...counts);
  if (counts.some((one) => one !== count && one !== 1)) throw new Error(`rows of different numbers: ${counts}`);
  const at = (one, row) => (isNumber(one) ? one : one[one.length === 1 ? 0 : row]);
  return Array.from({ length: count }, (_, row) => f(...given.map((one) => at(one, row))));
}

const ofOne = (f) => (a) => (isNumber(a) ? f(a) : a.map((one) => f(one)));
const ofTwo = (f) => (a, b) => (isNumber(a) && isNumber(b) ? f(a, b) : byRow(f, [a, b]));
const overRows = (values) => values.reduce((sum, one) => sum + one, 0);

const add = ofTwo((a, b) => a + b);
const subtract = ofTwo((a, b) => a - b);
const multiply = ofTwo((a, b) => a * b);
const divide = ofTwo((a, b) => a / b);
const power = ofTwo((a, b) => a ** b);
const maximum = ofTwo((a, b) => Math.max(a, b));
const minimum = ofTwo((a, b) => Math.min(a, b));
const greater = ofTwo((a, b) => (a > b ? 1 : 0));
const greater_equal = ofTwo((a, b) => (a >= b ? 1 : 0));
const less = ofTwo((a, b) => (a < b ? 1 : 0));
const less_equal = ofTwo((a, b) => (a <= b ? 1 : 0));
const bitwise_or = ofTwo((a, b) => (a || b ? 1 : 0));
const negative = ofOne((a) => -a);
const absolute = ofOne((a) => Math.abs(a));
const square = ofOne((a) => a * a);
const sqrt = ofOne((a) => Math.sqrt(a));
const exp = ofOne((a) => Math.exp(a));
const log = ofOne((a) => Math.log(a));
const where = (condition, a, b) =>
  [condition, a, b].every(isNumber) ? (condition ? a : b) : byRow((c, x, y) => (c ? x : y), [condition, a, b]);
const max = (values) => (isNumber(values) ? values : Math.max(...values));
const over_modes = overRows;
const over_breaks = overRows;
const over_activities = overRows;

// Sum each mode's dispositions: rows in sets, where each set begins, and the set of each mode.
function over_dispositions(values, firstRows, sets) {
  if (!firstRows.length) return values;
  const sums = firstRows.map((first, i) => overRows(values.slice(first, firstRows[i + 1] ?? values.length)));
  return sets.map((set) => sums[set]);
}

const rows = (...values) => values;
const total = (weights, ...values) =>
  values.slice(1).reduce((sum, one, i) => add(sum, multiply(weights[i + 1], one)), multiply(weights[0], values[0]));

const polynomial = (coefficients, x) => coefficients.reduceRight((sum, one) => sum * x + one, 0);

const normal_density = ofOne((x) => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI));
const normal_cdf = ofOne((x) => 0.5 * complementaryError(-x * Math.SQRT1_2));
const normal_quantile = ofOne(quantileOfNormal);

// The complementary error function by rational Chebyshev approximations:
// Cody (1969), Rational Chebyshev Approximations for the Error Function, Mathematics of Computation 23(107), 631-637.
function complementaryError(x) {
  const y = Math.abs(x);
  if (y <= 0.46875) return 1 - x * ratio(NEAR, y * y);
  const tail = y <= 4 ? ratio(MIDDLE, y) : (SQRT_1_PI - ratio(FAR, 1 / (y * y)) / (y * y)) / y;
  const head = Math.trunc(y * 16) / 16; // e^(-y²) in two steps, so that squaring loses nothing
  const value = y === Infinity ? 0 : Math.exp(-head * head) * Math.exp(-(y - head) * (y + head)) * tail;
  return x < 0 ? 2 - value : value;
}

const SQRT_1_PI = 0.56418958354775628695;
const ratio = ([above, below], x) => polynomial(above, x) / polynomial(below, x);
const NEAR = [
  [3209.37758913846947, 377.485237685302021, 113.86415415105016, 3.1611237438705656, 0.185777706184603153],
  [2844.23683343917062, 1282.61652607737228, 244.024637934444173, 23.6012909523441209, 1],
];
const MIDDLE = [
  [1230.33935479799725, 2051.07837782607147, 1712.04761263407058, 881.952221241769090, 298.635138197400131,
    66.1191906371416295, 8.88314979438837594, 0.564188496988670089, 2.15311535474403846e-8],
  [1230.33935480374942, 3439.36767414372164, 4362.61909014324716, 3290.79923573345963, 1621.38957456669019,
    537.181101862009858, 117.693950891312499, 15.7449261107098347, 1],
];
const FAR = [
  [6.58749161529837803e-4, 1.60837851487422766e-2, 0.125781726111229246, 0.360344899949804439, 0.305326634961232344,
    1.63153871373020978e-2],
  [2.33520497626869185e-3, 6.05183413124413191e-2, 0.527905102951428412, 1.87295284992346725, 2.56852019228982242, 1],
];

// The normal quantile, routine PPND16 of
// Wichura (1988), Algorithm AS 241: The Percentage Points of the Normal Distribution, Applied Statistics 37(3), 477-484.
function quantileOfNormal(p) {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(CENTRE, 0.180625 - q * q);
  const tail = q < 0 ? p : 1 - p;
  if (tail === 0) return q < 0 ? -Infinity : Infinity;
  if (!(tail > 0)) return NaN;
  const r = Math.sqrt(-Math.log(tail));
  const value = r <= 5 ? ratio(SHOULDER, r - 1.6) : ratio(EXTREME, r - 5);
  return q < 0 ? -value : value;
}

const CENTRE = [
  [3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
    67265.770927008700853, 33430.575583588128105, 2509.0809287301226727],
  [1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867, 39307.89580009271061,
    28729.085735721942674, 5226.495278852854561],
];
const SHOULDER = [
  [1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
    1.27045825245236838258, 0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4],
  [1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459,
    0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9],
];
const EXTREME = [
  [6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123,
    0.026532189526576123093, 1.2426609473880784386e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7],
  [1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525, 7.868691311456132591e-4,
    1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15],
];
