import { suite } from "uvu";
import type { Manifest } from "./manifest.ts";
import { type Combination, combinations, lacking, render, title } from "./render.ts";

type Check = (objects: Manifest[], combination: Combination) => void;

/** A suite about rendered manifests, which is skipped, and says so, where they cannot be rendered. */
export function manifestSuite(name: string) {
  const test = suite(name);
  if (lacking) {
    console.log(`${name} skipped: ${lacking}`);
    test.skip(`${name} :: skipped`, () => {});
  }
  const rendered = lacking ? [] : combinations.map((combination) => ({ combination, objects: render(combination) }));
  return {
    /** One test a combination of mode and components. */
    each(topic: string, check: Check, wanted: (combination: Combination) => boolean = () => true): void {
      for (const { combination, objects } of rendered.filter((each) => wanted(each.combination)))
        test(`${topic} :: ${title(combination)}`, () => check(objects, combination));
    },
    /** One test that renders what it needs. */
    once(topic: string, check: () => void | Promise<void>): void {
      if (!lacking) test(topic, check);
    },
    run: () => test.run(),
  };
}
