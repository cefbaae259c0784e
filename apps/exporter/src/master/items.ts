const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [0x5b, 0x5d, 0x7b, 0x7d];
/** Inside the object that the body is, and inside a list that it holds. */
const LEVEL = 2;

/** Cuts the objects of a list out of a JSON body `{…, "list": [{…}, …]}` as it comes, so that it is never held as a whole. */
export class Items {
  /** The body with a 0 for each object that was cut out. */
  frame = "";
  #item = "";
  #depth = 0;
  #quoted = false;
  #escaped = false;

  /** The texts of the objects that end in this piece of the body. */
  push(text: string): string[] {
    const items: string[] = [];
    let from = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (this.#quoted) {
        if (this.#escaped) this.#escaped = false;
        else if (code === BACKSLASH) this.#escaped = true;
        else if (code === QUOTE) this.#quoted = false;
      } else if (code === QUOTE) this.#quoted = true;
      else if (code === OPEN || code === OPEN_LIST) {
        if (this.#depth === LEVEL) {
          this.frame += text.slice(from, at);
          from = at;
        }
        this.#depth += 1;
      } else if (code === CLOSE || code === CLOSE_LIST) {
        this.#depth -= 1;
        if (this.#depth !== LEVEL) continue;
        items.push(this.#item + text.slice(from, at + 1));
        this.#item = "";
        this.frame += "0";
        from = at + 1;
      }
    }
    if (this.#depth > LEVEL) this.#item += text.slice(from);
    else this.frame += text.slice(from);
    return items;
  }
}
