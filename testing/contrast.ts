/**
 * Runs in the page: every visible text whose colour has less than 4.5:1 against what lies behind it (WCAG 2.2, 1.4.3).
 * A script as text, since it is the browser's and not Node's.
 */
export const lowContrast = `(() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = color.slice(0, 3).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const color = rgb(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const found = [];
  let texts = 0;
  for (const node of document.body.querySelectorAll("*")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    const field = node.matches("input:not([type=radio]), select");
    const style = getComputedStyle(node);
    if (!(own || field) || node.matches("option, noscript, .unseen, .skip") || node.getClientRects().length === 0) continue;
    texts += 1;
    const back = light(behind(node));
    for (const color of [style.color, ...(field ? [getComputedStyle(node, "::placeholder").color] : [])]) {
      const [high, low] = [light(rgb(color)), back].sort((a, b) => b - a);
      const ratio = (high + 0.05) / (low + 0.05);
      if (ratio < 4.5) found.push(node.tagName + "." + node.className + " " + ratio.toFixed(2) + " " + (node.textContent || node.value));
    }
  }
  return texts > 30 ? found : ["only " + texts + " texts were measured"];
})()`;
