/* The map itself: the drawing library fed with fixed positions, filters, focus, language, picture export. */

atlas.nodes = new Map(data.nodes.map((node) => [node.id, node]));
atlas.edges = data.edges;
atlas.off = new Map(data.facets.map((facet) => [facet.name, new Set()]));
atlas.version = 0;

const map = document.getElementById('map');
const nodeSet = new vis.DataSet(data.nodes.map((node) => ({
  id: node.id, x: node.x, y: node.y, shape: 'custom', label: ' ', size: Math.max(node.width, node.height) / 2,
  ctxRenderer: ({ ctx }) => ({ drawNode: () => drawMark(ctx, node), nodeDimensions: { width: node.width, height: node.height } }),
})));
const edgeSet = new vis.DataSet(data.edges.map((edge) => ({
  id: edge.id, from: edge.from, to: edge.to, ...edgeCurve(edge), ...edgeLook(edge),
  dashes: edge.basis === 'inferred' ? [7, 6] : false,
  arrows: { to: { enabled: data.view !== 'cluster', scaleFactor: 0.45 } },
})));
const network = new vis.Network(map, { nodes: nodeSet, edges: edgeSet }, {
  autoResize: true, physics: false, layout: { randomSeed: 1 },
  nodes: { chosen: false, fixed: true },
  edges: { chosen: false, selectionWidth: 0, hoverWidth: 0, arrowStrikethrough: false },
  interaction: { hover: true, dragNodes: false, selectConnectedEdges: false, keyboard: { enabled: true, bindToWindow: false }, tooltipDelay: 1e9 },
});
for (const node of data.nodes) {
  const shape = network.body.nodes[node.id].shape;
  shape.customSizeWidth = node.width;
  shape.customSizeHeight = node.height;
}

function edgeCurve(edge) {
  if (edge.curve === 'lane') return { smooth: { enabled: true, type: 'cubicBezier', forceDirection: 'horizontal', roundness: 0.8 } };
  if (edge.curve === 'arc') return { smooth: { enabled: true, type: 'curvedCW', roundness: 0.22 } };
  return { smooth: false };
}

function edgeLook(edge) {
  const tones = palette();
  const touched = atlas.near && (edge.from === atlas.selected || edge.to === atlas.selected || edge.id === atlas.selected);
  if (touched) return { color: { color: tones.strong, opacity: 0.95 }, width: 2.2 };
  const quiet = { chain: 0.42, anchor: edge.basis === 'recorded' ? 0.9 : 0.55, cluster: edge.basis === 'recorded' ? (data.edges.length > 150 ? 0.4 : 0.75) : 0.3 }[data.view];
  return { color: { color: tones.link, opacity: atlas.near ? quiet * 0.3 : quiet }, width: Math.min(3, 0.8 + 0.5 * edge.weight) };
}

function allowed(thing) {
  for (const [name, off] of atlas.off) {
    if (!off.size) continue;
    if (name === 'evidence') {
      if (thing.kind === 'stage' || thing.kind === 'anchor' || thing.state === 'unreached') continue;
      const levels = thing.evidence.length ? thing.evidence : ['none'];
      if (levels.every((level) => off.has(level))) return false;
    } else if (thing[name] && off.has(thing[name])) return false;
  }
  return true;
}

atlas.visible = (node) => allowed(node);

function applyFilters() {
  const shown = new Map(data.nodes.map((node) => [node.id, allowed(node)]));
  nodeSet.update(data.nodes.map((node) => ({ id: node.id, hidden: !shown.get(node.id) })));
  edgeSet.update(data.edges.map((edge) => ({ id: edge.id, hidden: !(shown.get(edge.from) && shown.get(edge.to) && allowed(edge)) })));
  atlas.version += 1;
  if (atlas.selected && atlas.nodes.has(atlas.selected) && !shown.get(atlas.selected)) atlas.clear();
  document.getElementById('reset').disabled = ![...atlas.off.values()].some((off) => off.size);
}

atlas.showAll = () => {
  for (const off of atlas.off.values()) off.clear();
  applyFilters();
  writeFilters();
};

function writeFilters() {
  const held = [element('div', { class: 'filters-head' }, element('h2', {}, say('filters')),
    element('button', { type: 'button', id: 'reset', onclick: atlas.showAll, disabled: ![...atlas.off.values()].some((off) => off.size) }, say('reset')))];
  for (const facet of data.facets) {
    const lines = facet.entries.map((entry) => {
      const box = element('input', { type: 'checkbox', 'data-facet': facet.name, 'data-value': entry.value, checked: !atlas.off.get(facet.name).has(entry.value),
        onchange: (event) => {
          atlas.off.get(facet.name)[event.target.checked ? 'delete' : 'add'](entry.value);
          applyFilters();
        } });
      const swatch = entry.swatch ? element('canvas', { class: 'swatch', 'aria-hidden': 'true' }) : null;
      if (swatch) drawSwatch(swatch, entry.swatch, data.view);
      return element('label', { title: t(entry.note) || null }, box, swatch, element('span', { class: 'word' }, t(entry.label)),
        t(entry.gloss) ? element('span', { class: 'gloss' }, t(entry.gloss)) : null, element('span', { class: 'count' }, String(entry.count)));
    });
    held.push(element('fieldset', { class: `facet ${facet.name}` }, element('legend', {}, t(facet.label)), ...lines));
  }
  document.getElementById('filters').replaceChildren(...held);
}

function writePage() {
  document.documentElement.lang = atlas.lang === 'zh' ? 'zh-CN' : 'en';
  document.title = t(data.title);
  const texts = { title: t(data.title), subtitle: t(data.subtitle), 'as-of': t(data.asOf), language: say('language'), png: say('png'), theme: say('theme'), fit: say('fit') };
  for (const [id, text] of Object.entries(texts)) document.getElementById(id).textContent = text;
  const box = document.getElementById('search');
  box.placeholder = say('search');
  box.setAttribute('aria-label', say('search'));
  map.setAttribute('aria-label', t(data.title));
  document.getElementById('zoom-in').setAttribute('aria-label', say('zoom_in'));
  document.getElementById('zoom-out').setAttribute('aria-label', say('zoom_out'));
  document.getElementById('how').replaceChildren(element('h2', {}, say('how')), ...data.notes.map((note) => element('p', {}, t(note))));
  document.body.dataset.theme = atlas.theme;
  writeFilters();
}

function refresh() {
  edgeSet.update(data.edges.map((edge) => ({ id: edge.id, ...edgeLook(edge) })));
  network.redraw();
}

function homeView(factor, size = { width: map.clientWidth, height: map.clientHeight }) {
  const [left, top, right, bottom] = data.bounds;
  const scale = factor * Math.min((size.width - 44) / (right - left), (size.height - 40) / (bottom - top), 1.5);
  return { position: { x: (left + right) / 2, y: (top + bottom) / 2 }, scale };
}

function fit(animated) {
  network.moveTo({ ...homeView(1), animation: animated ? { duration: 300 } : false });
  atlas.atHome = true;
  atlas.strayed = false;
}

function leaveHome() {
  atlas.atHome = false;
  atlas.strayed = false;
}

/* Bring a mark into the part of the map that the panel leaves free: with all it is linked to where that can still be
   read, else alone. */
function reveal(node) {
  const free = { width: map.clientWidth - document.getElementById('panel').offsetWidth, height: map.clientHeight };
  const together = data.view === 'chain' ? [node] : [...atlas.near].map((id) => atlas.nodes.get(id)).filter((held) => held && atlas.visible(held));
  const group = around(together);
  const fits = Math.min((free.width - 180) / (group.right - group.left), (free.height - 120) / (group.bottom - group.top));
  const now = network.getScale();
  const scale = Math.min(Math.max(now, 0.7), Math.max(fits, 0.6));
  const box = fits >= 0.6 ? group : around([node]);
  const view = network.getViewPosition();
  const left = (box.left - view.x) * scale + map.clientWidth / 2 - 90;
  const right = (box.right - view.x) * scale + map.clientWidth / 2 + 90;
  const top = (box.top - view.y) * scale + map.clientHeight / 2 - 60;
  const bottom = (box.bottom - view.y) * scale + map.clientHeight / 2 + 60;
  const shift = { x: Math.max(0, right - free.width) + Math.min(0, left), y: Math.max(0, bottom - free.height) + Math.min(0, top) };
  if (!shift.x && !shift.y && scale === now) return;
  network.moveTo({ position: { x: view.x + shift.x / scale, y: view.y + shift.y / scale }, scale, animation: { duration: 300 } });
  atlas.strayed = atlas.atHome || atlas.strayed;
  atlas.atHome = false;
}

function around(nodes) {
  return {
    left: Math.min(...nodes.map((node) => node.x - node.width / 2)), right: Math.max(...nodes.map((node) => node.x + node.width / 2)),
    top: Math.min(...nodes.map((node) => node.y - node.height / 2)), bottom: Math.max(...nodes.map((node) => node.y + node.height / 2)),
  };
}

atlas.focus = (id) => {
  const node = atlas.nodes.get(id);
  if (!node) return;
  atlas.selected = id;
  atlas.near = new Set([id]);
  for (const edge of data.edges) {
    if (edge.from === id) atlas.near.add(edge.to);
    if (edge.to === id) atlas.near.add(edge.from);
  }
  node.details.filter((detail) => detail.target).forEach((detail) => atlas.near.add(detail.target));
  showNode(node);
  reveal(node);
  refresh();
};

atlas.openEdge = (id) => {
  const edge = data.edges.find((item) => item.id === id);
  atlas.selected = id;
  atlas.near = new Set([edge.from, edge.to]);
  showEdge(edge);
  refresh();
};

atlas.clear = () => {
  atlas.selected = null;
  atlas.near = null;
  document.getElementById('panel').hidden = true;
  refresh();
  if (atlas.strayed) fit(true);
};

function step(factor) {
  network.moveTo({ scale: Math.min(4, Math.max(0.1, network.getScale() * factor)), animation: { duration: 150 } });
  leaveHome();
}

/* The map as a sheet to hand over, A4 across: title and date above, the whole map, legend and reading aid below. */
// Drawn at twice its size; names are as large as on a screen of that size.
const SHEET = { width: 1500, height: 1030, margin: 22, head: 76 };

function legend(ctx) {
  const rows = [[]];
  let x = SHEET.margin;
  for (const entry of data.facets.filter((facet) => facet.name !== 'evidence').flatMap((facet) => facet.entries).filter((entry) => entry.swatch)) {
    const gloss = t(entry.gloss) && (atlas.lang === 'en' ? ` (${t(entry.gloss)})` : `（${t(entry.gloss)}）`);
    const text = `${t(entry.label)} ${entry.count}${gloss}`;
    const width = 36 + measure(ctx, text, 12) + 18;
    if (rows.at(-1).length && x + width > SHEET.width - SHEET.margin) {
      rows.push([]);
      x = SHEET.margin;
    }
    rows.at(-1).push({ x, text, swatch: entry.swatch });
    x += width;
  }
  return rows;
}

function drawSheet() {
  const sheet = document.createElement('canvas');
  const ctx = sheet.getContext('2d');
  const rows = legend(ctx);
  const notes = data.notes.flatMap((note) => breakLines(ctx, t(note), SHEET.width - 2 * SHEET.margin, 12));
  const foot = 18 + rows.length * 24 + notes.length * 18;
  const size = { width: SHEET.width, height: SHEET.height - SHEET.head - foot };
  const before = { position: network.getViewPosition(), scale: network.getScale() };
  network.setSize(`${size.width * 2}px`, `${size.height * 2}px`);
  network.moveTo(homeView(2, size));
  atlas.sharpness = 2;
  network.redraw();
  atlas.sharpness = 1;
  const shot = map.querySelector('canvas');
  sheet.width = SHEET.width * 2;
  sheet.height = SHEET.height * 2;
  ctx.scale(2, 2);
  const tones = palette();
  ctx.fillStyle = tones.ground;
  ctx.fillRect(0, 0, SHEET.width, SHEET.height);
  ctx.drawImage(shot, 0, SHEET.head, size.width, size.height);
  const right = SHEET.width - SHEET.margin;
  writeLines(ctx, { size: 22, lines: [t(data.title)], lead: 1.4 }, SHEET.margin, 10, tones.ink, 700);
  writeLines(ctx, { size: 13, lines: [t(data.subtitle)], lead: 1.4 }, SHEET.margin, 44, tones.quiet, 400);
  writeLines(ctx, { size: 13, lines: [t(data.asOf)], lead: 1.4 }, right, 18, tones.quiet, 400, 'right');
  const top = SHEET.height - foot + 8;
  rows.forEach((row, place) => row.forEach(({ x, text, swatch }) => {
    const drawn = document.createElement('canvas');
    drawSwatch(drawn, swatch, data.view, 2);
    ctx.drawImage(drawn, x, top + place * 24, 30, 18);
    writeLines(ctx, { size: 12, lines: [text], lead: 1.5 }, x + 36, top + place * 24, tones.ink, 400);
  }));
  writeLines(ctx, { size: 12, lines: notes, lead: 1.5 }, SHEET.margin, top + rows.length * 24, tones.quiet, 400);
  network.setSize('100%', '100%');
  network.moveTo(before);
  network.redraw();
  return sheet;
}

function savePicture() {
  drawSheet().toBlob((blob) => {
    const address = URL.createObjectURL(blob);
    element('a', { href: address, download: `${t(data.title)}.png` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  });
}

/* Paper is light whatever the screen is, and the sheet stands in for the page. */
function printSheet() {
  const theme = atlas.theme;
  atlas.theme = 'paper';
  refresh();
  const sheet = drawSheet();
  sheet.id = 'sheet';
  document.body.append(sheet);
  atlas.theme = theme;
  refresh();
}

network.on('beforeDrawing', (ctx) => {
  atlas.scale = network.getScale() / atlas.sharpness;
  drawBackdrops(ctx);
});
network.on('afterDrawing', (ctx) => {
  if (data.view === 'chain') return;
  const shown = data.nodes.filter((node) => allowed(node));
  drawLabels(ctx, shown, atlas.version);
  drawShares(ctx);
  drawHoverLabel(ctx, atlas.nodes.get(atlas.hovered));
});
network.on('click', (event) => {
  if (event.nodes.length) atlas.focus(event.nodes[0]);
  else if (event.edges.length) atlas.openEdge(event.edges[0]);
  else atlas.clear();
});
network.on('hoverNode', ({ node }) => { atlas.hovered = node; map.style.cursor = 'pointer'; network.redraw(); });
network.on('blurNode', () => { atlas.hovered = null; map.style.cursor = ''; network.redraw(); });
network.on('zoom', leaveHome);
network.on('dragStart', leaveHome);
// While a page is printed the map has no size.
network.on('resize', () => { if (atlas.atHome && map.clientWidth) fit(false); });
document.getElementById('fit').addEventListener('click', () => fit(true));
document.getElementById('zoom-in').addEventListener('click', () => step(1.25));
document.getElementById('zoom-out').addEventListener('click', () => step(0.8));
document.getElementById('png').addEventListener('click', savePicture);
document.getElementById('language').addEventListener('click', () => {
  atlas.lang = atlas.lang === 'zh' ? 'en' : 'zh';
  writePage();
  if (atlas.nodes.has(atlas.selected)) showNode(atlas.nodes.get(atlas.selected));
  else if (atlas.selected) atlas.openEdge(atlas.selected);
  network.redraw();
});
document.getElementById('theme').addEventListener('click', () => {
  atlas.theme = atlas.theme === 'paper' ? 'night' : 'paper';
  document.body.dataset.theme = atlas.theme;
  refresh();
});
window.addEventListener('beforeprint', printSheet);
window.addEventListener('afterprint', () => {
  document.getElementById('sheet').remove();
  if (atlas.atHome) fit(false);
});
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement.tagName !== 'INPUT') {
    document.getElementById('search').focus();
    event.preventDefault();
  } else if (event.key === 'Escape' && document.activeElement.id !== 'search') atlas.clear();
});

atlas.network = network;
atlas.placed = placed;
atlas.index = searchIndex();
writePage();
watchSearch();
fit(false);
window.atlas = atlas;
