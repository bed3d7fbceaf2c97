import { assert, assertThrows } from "@std/assert";
import { studentT975 } from "./student_t.ts";

// Published table: NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.6.7.2, column 0.975.
const TABLE = [
  [1, 12.706],
  [2, 4.303],
  [3, 3.182],
  [4, 2.776],
  [5, 2.571],
  [6, 2.447],
  [7, 2.365],
  [8, 2.306],
  [9, 2.262],
  [10, 2.228],
  [15, 2.131],
  [20, 2.086],
  [30, 2.042],
  [60, 2.000],
  [100, 1.984],
] as const;

Deno.test("studentT975() agrees with the published table to its last digit", () => {
  for (const [freedom, published] of TABLE) {
    const error = Math.abs(studentT975(freedom) - published);
    assert(error <= 0.00051, `${freedom} degrees: ${studentT975(freedom)}, not ${published}`);
  }
});

Deno.test("studentT975() falls towards the normal distribution's 1.96", () => {
  for (let freedom = 1; freedom < 400; freedom++) {
    assert(studentT975(freedom + 1) < studentT975(freedom), `${freedom}`);
  }
  assert(Math.abs(studentT975(1_000_000) - 1.959966) < 1e-5);
});

Deno.test("studentT975() refuses to go without degrees of freedom", () => {
  assertThrows(() => studentT975(0), RangeError, "0 degrees of freedom");
  assertThrows(() => studentT975(NaN), RangeError);
});
