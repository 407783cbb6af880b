// What is seen of a report in a browser. Plain JavaScript: only a function's own text gets into a page.

/** Runs inside a page: what a careful reader would complain about. One function, since only its own text gets there. */
export function faultsOf() {
  const faults = [];
  const name = (element) => `${element.tagName} "${(element.textContent ?? '').slice(0, 40)}"`;
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) faults.push(`overflow: the page is ${wide} px wide of ${innerWidth}`);
  for (const element of document.querySelectorAll(
    'main h1, main h2, main h3, main h4, main p, main li, main dd, main figure, main .scroll',
  )) {
    const { right, width } = element.getBoundingClientRect();
    if (width > 0 && right > innerWidth + 1) faults.push(`overflow: ${name(element)}`);
  }
  for (const picture of document.querySelectorAll('svg[role=img]')) {
    const frame = picture.getBoundingClientRect();
    if (frame.width === 0) continue;
    const labels = [...picture.querySelectorAll('text')].map((label) => ({
      label,
      box: label.getBoundingClientRect(),
    }));
    for (const [index, { label, box }] of labels.entries()) {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1)
        faults.push(`cut: ${name(label)} in ${name(picture)}`);
      for (const other of labels.slice(index + 1)) {
        const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        // Boxes of lines of text include room above and below.
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        if (across > 1 && down > 4) faults.push(`overlap: ${name(label)} and ${name(other.label)}`);
      }
    }
  }
  const channels = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color) => {
    const [r = 0, g = 0, b = 0] = channels(color).map((value) =>
      value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    if (element === null) return 'rgb(255, 255, 255)';
    const { backgroundColor } = getComputedStyle(element);
    return channels(backgroundColor)[3] === 0 ? ground(element.parentElement) : backgroundColor;
  };
  for (const element of document.querySelectorAll('body *')) {
    const hasText = [...element.childNodes].some(
      (node) => node.nodeType === 3 && (node.textContent ?? '').trim() !== '',
    );
    if (
      !hasText ||
      element.getBoundingClientRect().width === 0 ||
      /^(title|desc|style)$/i.test(element.tagName)
    )
      continue;
    const style = getComputedStyle(element);
    const [a, b] = [
      luminance(element.closest('svg') === null ? style.color : style.fill),
      luminance(ground(element)),
    ];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faults.push(`contrast ${contrast.toFixed(2)}: ${name(element)}`);
  }
  return faults;
}

/** Runs inside a page: the chart of each figure that is shown. */
export function figuresOf() {
  return [...document.querySelectorAll('figure')].map((figure) => {
    const boxes = [...figure.querySelectorAll('svg[role=img]')]
      .map((picture) => picture.getBoundingClientRect())
      .filter(({ width }) => width > 0);
    return {
      title: `${figure.querySelector('h4')?.textContent}: ${boxes.length} shown`,
      width: boxes.length === 1 ? boxes[0].width : 0,
      height: boxes[0]?.height ?? 0,
    };
  });
}

/** Runs inside a page that is shown as on paper: the tables that are cut, and the colour of the paper. */
export function paper() {
  const cut = [...document.querySelectorAll('.scroll')].filter((box) => box.scrollWidth > box.clientWidth);
  return {
    cut: cut.map(({ textContent }) => textContent.slice(0, 40)),
    color: getComputedStyle(document.documentElement).getPropertyValue('--paper'),
  };
}
