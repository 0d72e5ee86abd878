/* How marks look. State is told by fill, outline, pattern and a word, never by colour alone; red is not used. */

const PALETTES = {
  paper: {
    ground: '#f6f4ee', card: '#ffffff', line: '#d8d3c6', ink: '#1c2838', quiet: '#5d6a7c', faint: '#a4abb5',
    suppliers: '#2b7484', customers: '#6c5aa0', link: '#7c8ba0', strong: '#16294a', moon: ['#fffdf4', '#f6e3ac', '#dcb75f'], moonInk: '#2a2310', glow: 0.4, halo: '#f6f4ee',
    upstream: '#2d6a86', midstream: '#3f7f86', downstream: '#5d7d6a', ring: '#c9c3b2',
  },
  night: {
    ground: '#0c182d', card: '#16274a', line: '#2b3f63', ink: '#eaf0fa', quiet: '#a3b2cc', faint: '#5d7092',
    suppliers: '#5fb3c4', customers: '#a592dd', link: '#8ea3c6', strong: '#ffe7a8', moon: ['#fffdf0', '#f7e6b4', '#dcb968'], moonInk: '#2a2310', glow: 0.55, halo: '#0c182d',
    upstream: '#5fa3c0', midstream: '#63b3b1', downstream: '#8fb79b', ring: '#2f456d',
  },
};
const STATES = {
  strong: { fill: '#2f7d4f', stroke: '#1e5c38', ink: '#ffffff', badge: '#ffffff', badgeInk: '#1e5c38' },
  made: { fill: '#f3f9f3', stroke: '#4d9668', ink: '#1c2838', badge: '#dcefe1', badgeInk: '#24603c' },
  weak: { fill: '#fdecc0', stroke: '#c4860c', ink: '#3a2a05', badge: '#eea914', badgeInk: '#2f2103', dots: '#efc762' },
  pipeline: { fill: '#eaf2fb', stroke: '#2e6db0', ink: '#12304f', badge: '#2e6db0', badgeInk: '#ffffff', hatch: '#bcd6f0' },
  missing: { fill: '#ffffff', stroke: '#5c6878', ink: '#1c2838', badge: '#ffffff', badgeInk: '#3a4656', dash: [6, 4], badgeDash: true },
  break: { fill: '#ffffff', stroke: '#1c2838', ink: '#1c2838', badge: '#1c2838', badgeInk: '#ffffff', dash: [3, 3], width: 2.4 },
  'in-unit': { fill: '#e7e5de', stroke: '#c6c2b6', ink: '#5d6470', badge: '#e7e5de', badgeInk: '#5d6470' },
  inferred: { fill: '#f4f1fa', stroke: '#7a6bb0', ink: '#2f2850', badge: '#e4def3', badgeInk: '#4a3d80', dash: [2, 3] },
  unknown: { fill: '#eeece6', stroke: '#aeb2b8', ink: '#3f4a58', badge: '#d8d9da', badgeInk: '#3f4a58', dots: '#dcdad3' },
  upstream: { fill: '#ffffff', stroke: '#2b7484', ink: '#17303a', bar: '#2b7484' },
  downstream: { fill: '#ffffff', stroke: '#6c5aa0', ink: '#2a2145', bar: '#6c5aa0' },
  both: { fill: '#ffffff', stroke: '#8a6a2c', ink: '#3a2c10', bar: '#8a6a2c' },
};
const HUES = ['#e3b552', '#6fb4da', '#dd8f6d', '#8ec48a', '#b998d8', '#e5a6ba', '#5fbcae', '#c9c56c', '#909fe6', '#d8a77d', '#7dcfdb', '#cc92b5'];

const ROW_LEAD = 1.26;

function palette() {
  return PALETTES[atlas.theme];
}

function hue(index) {
  return HUES[index % HUES.length];
}

function rounded(ctx, x, y, width, height, radius) {
  ctx.beginPath();
  ctx.roundRect(x, y, width, height, Math.min(radius, width / 2, height / 2));
}

function pattern(ctx, look, x, y, width, height) {
  if (!look.hatch && !look.dots) return;
  ctx.save();
  ctx.clip();
  if (look.hatch) {
    ctx.strokeStyle = look.hatch;
    ctx.lineWidth = 2.2;
    ctx.beginPath();
    for (let offset = -height; offset < width; offset += 8) {
      ctx.moveTo(x + offset, y + height);
      ctx.lineTo(x + offset + height, y);
    }
    ctx.stroke();
  } else {
    ctx.fillStyle = look.dots;
    for (let row = 0; row * 7 < height; row += 1) {
      for (let column = 0; column * 7 < width; column += 1) {
        ctx.fillRect(x + column * 7 + (row % 2) * 3.5, y + row * 7 + 2, 1.6, 1.6);
      }
    }
  }
  ctx.restore();
}

function plate(ctx, look, x, y, width, height, radius) {
  rounded(ctx, x, y, width, height, radius);
  ctx.fillStyle = look.fill;
  ctx.fill();
  pattern(ctx, look, x, y, width, height);
  rounded(ctx, x, y, width, height, radius);
  ctx.setLineDash(look.dash || []);
  ctx.lineWidth = look.width || 1.5;
  ctx.strokeStyle = look.stroke;
  ctx.stroke();
  ctx.setLineDash([]);
}

/* Text over a pattern stands on a soft plate of the fill colour. */
function underlay(ctx, look, x, y, width, height) {
  if (!look.hatch && !look.dots) return;
  ctx.save();
  ctx.globalAlpha *= 0.82;
  ctx.fillStyle = look.fill;
  rounded(ctx, x, y, width, height, 4);
  ctx.fill();
  ctx.restore();
}

function drawBadge(ctx, look, text, right, top, size) {
  const width = measure(ctx, text, size, 700) + size * 0.9;
  const height = size * 1.5;
  rounded(ctx, right - width, top, width, height, height / 2);
  ctx.fillStyle = look.badge || look.fill;
  ctx.fill();
  ctx.setLineDash(look.badgeDash ? [2.5, 2] : []);
  ctx.lineWidth = 1;
  ctx.strokeStyle = look.stroke;
  ctx.stroke();
  ctx.setLineDash([]);
  writeLines(ctx, { size, lines: [text], lead: 1.5 }, right - width / 2, top, look.badgeInk || look.ink, 700, 'center');
  return width;
}

/* A product: its name as large as reading asks for at this zoom; firms when they still fit. */
function drawBox(ctx, node) {
  const look = STATES[node.state] || STATES.unknown;
  const { width, height } = node;
  const x = node.x - width / 2;
  const y = node.y - height / 2;
  plate(ctx, look, x, y, width, height, 6);
  const plan = boxPlan(ctx, node);
  const badgeTop = plan.below ? y + height - 3 - plan.badgeSize * 1.5 : Math.min(y + 5.5, node.y - plan.badgeSize * 0.75);
  drawBadge(ctx, look, plan.badge, x + width - 5, badgeTop, plan.badgeSize);
  const nameWidth = Math.max(...plan.name.lines.map((line) => measure(ctx, line, plan.name.size, 600)));
  const nameHeight = plan.name.lines.length * plan.name.size * plan.name.lead;
  const top = plan.below ? y + 2 : plan.rows.length || plan.tall ? y + 6 : y + (height - nameHeight) / 2;
  underlay(ctx, look, x + 6, top, nameWidth + 6, nameHeight);
  writeLines(ctx, plan.name, x + 9, top, look.ink, 600);
  if (!plan.rows.length) return;
  const rows = { size: plan.rowSize, lines: plan.rows, lead: ROW_LEAD };
  const rowTop = y + height - 6 - rows.lines.length * rows.size * rows.lead;
  const rowWidth = Math.max(...rows.lines.map((line) => measure(ctx, line, rows.size)));
  underlay(ctx, look, x + 6, rowTop, rowWidth + 6, rows.lines.length * rows.size * rows.lead);
  ctx.save();
  ctx.globalAlpha *= 0.85;
  writeLines(ctx, rows, x + 9, rowTop, look.ink, 400);
  ctx.restore();
}

/* Choose sizes that read at this zoom: all firms, then fewer with "+n", then the name alone, then a smaller name.
   Zoomed in, writing stays small on the paper so that a low box can still open up to its firms. */
function boxPlan(ctx, node) {
  const key = `${atlas.lang}|${Math.round(atlas.scale * 50)}`;
  if (node.planKey !== key) {
    node.planKey = key;
    const firms = node.rows.length + node.more;
    node.plan = tryBox(ctx, node, 1) || (atlas.scale > 1.15 && firms && tryBox(ctx, node, 1.15 / atlas.scale)) || plainBox(ctx, node);
  }
  return node.plan;
}

function badgePlan(ctx, node, text, shrink) {
  const size = Math.min(Math.max(11 * shrink, 10.5 / atlas.scale), 18, (node.height - 6) / 1.5);
  return { badge: text, badgeSize: size, room: node.width - 20 - measure(ctx, text, size, 700) - size * 0.9 };
}

/* All of the name and at least one firm, if there are firms; null where that does not fit. */
function tryBox(ctx, node, shrink) {
  const want = Math.max((node.state === 'in-unit' ? 11 : 13) * shrink, 12 / atlas.scale);
  const rowSize = Math.max(12 * shrink, 10.2 / atlas.scale);
  const plan = badgePlan(ctx, node, t(node.badge), shrink);
  for (let kept = node.rows.length; kept >= Math.min(1, node.rows.length); kept -= 1) {
    const height = node.height - 10 - kept * rowSize * ROW_LEAD;
    for (const most of [want, Math.max(Math.min(want, 12.5 * shrink), 11 / atlas.scale)]) {
      const name = fitText(ctx, t(node.name), plan.room, height, most, most, 600, 1.22);
      if (name.whole) return { ...plan, name, rowSize, rows: rowLines(ctx, node, kept, rowSize), tall: node.height > 64 };
    }
  }
  return null;
}

/* The name alone: beside the badge, beside its short form, or above it, whichever writes it largest with no word broken. */
function plainBox(ctx, node) {
  const want = Math.max(node.state === 'in-unit' ? 11 : 12.5, 12 / atlas.scale);
  const beside = [t(node.badge), t(node.brief) || t(node.badge)].map((text) => ({ ...badgePlan(ctx, node, text, 1), below: false, height: node.height - 5 }));
  const badgeSize = Math.min(Math.max(9, 8.5 / atlas.scale), 12);
  const below = { ...beside[1], badgeSize, below: true, room: node.width - 14, height: node.height - 5 - badgeSize * 1.5 };
  const plans = [...beside, below].map((plan) => ({ ...plan, name: fitText(ctx, t(node.name), plan.room, plan.height, want, Math.min(want, 8.5), 600, 1.16) }));
  const worth = (plan) => plan.name.size + (plan.name.whole ? 100 : 0);
  const best = plans.reduce((held, plan) => (worth(plan) > worth(held) + 0.01 ? plan : held));
  return { ...best, rows: [], rowSize: 0, tall: false };
}

function rowLines(ctx, node, kept, size) {
  const more = node.more + node.rows.length - kept;
  const tail = more ? ` +${more}` : '';
  return node.rows.slice(0, kept).map(t).map((row, place) => (place === kept - 1
    ? shorten(ctx, row, node.width - 18 - measure(ctx, tail, size), size) + tail : shorten(ctx, row, node.width - 18, size)));
}

function drawHeader(ctx, node) {
  const tones = palette();
  const size = Math.min(Math.max(14, 12.5 / atlas.scale), 22);
  const countSize = Math.min(Math.max(11, 10.5 / atlas.scale), 16);
  const count = t(node.badge);
  const left = node.x - node.width / 2 + 12;
  const counted = node.width - 34 - measure(ctx, count, countSize);
  const least = Math.min(size, 10.5 / atlas.scale);
  let fitted = fitText(ctx, t(node.name), counted, node.height - 3, size, least, 700, 1.15);
  const whole = fitted.whole;
  if (!whole) fitted = fitText(ctx, t(node.name), node.width - 22, node.height - 3, size, Math.min(least, 11), 700, 1.15);
  writeLines(ctx, fitted, left, node.y - fitted.lines.length * fitted.size * fitted.lead / 2, tones.ink, 700);
  if (!whole) return;
  const line = { size: countSize, lines: [count], lead: 1.4 };
  writeLines(ctx, line, node.x + node.width / 2 - 10, node.y - countSize * 0.7, tones.quiet, 400, 'right');
}

/* The outline that tells where a firm is: a disc is local, a diamond elsewhere, a square unknown. */
function whereabouts(ctx, locality, x, y, radius) {
  ctx.beginPath();
  if (locality === 'outside') {
    ctx.moveTo(x, y - radius * 1.2);
    ctx.lineTo(x + radius * 1.2, y);
    ctx.lineTo(x, y + radius * 1.2);
    ctx.lineTo(x - radius * 1.2, y);
    ctx.closePath();
  } else if (locality === 'unknown') ctx.rect(x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8);
  else ctx.arc(x, y, radius, 0, Math.PI * 2);
}

/* A firm or a missing input of the anchor map. */
function drawPill(ctx, node) {
  const base = STATES[node.state] || STATES.unknown;
  const look = { ...base, dash: base.dash || (node.basis === 'inferred' ? [6, 4] : null) };
  if (node.locality === 'outside') look.fill = '#e9e7e0';
  const { width, height } = node;
  const x = node.x - width / 2;
  const y = node.y - height / 2;
  plate(ctx, look, x, y, width, height, height / 2);
  let left = x + 11;
  let right = x + width - 11;
  if (look.bar) {
    ctx.fillStyle = look.bar;
    whereabouts(ctx, node.locality, x + 12, node.y, 4);
    ctx.fill();
    left = x + 21;
  }
  const badge = t(node.badge);
  if (badge) {
    const size = Math.min(Math.max(11, 10.5 / atlas.scale), height / 1.7);
    right -= drawBadge(ctx, look, badge, x + width - 5, node.y - size * 0.75, size) - 2;
  }
  const want = Math.min(Math.max(12.5, 11.5 / atlas.scale), height / 1.2);
  const name = t(node.short) || t(node.name);
  const fit = (least) => fitText(ctx, name, right - left, height - 4, want, Math.min(want, least / atlas.scale), 500, 1.12);
  const legible = fit(10.8);
  const smaller = legible.whole ? legible : fit(9.3); // rather a little smaller than a broken word
  const fitted = smaller.whole ? smaller : legible;
  if (!fitted.whole && fitted.lines[0].length < 4) return; // one character and dots tell nothing; zooming in does
  const textHeight = fitted.lines.length * fitted.size * fitted.lead;
  underlay(ctx, look, left - 2, node.y - textHeight / 2, right - left, textHeight);
  writeLines(ctx, fitted, left, node.y - textHeight / 2, look.ink, 500);
}

/* An anchor: a moon with its name on it, or under it where the disc is too small to write on. */
function drawMoon(ctx, node) {
  const tones = palette();
  const radius = node.width / 2;
  const shade = ctx.createRadialGradient(node.x - radius * 0.3, node.y - radius * 0.35, radius * 0.1, node.x, node.y, radius);
  shade.addColorStop(0, tones.moon[0]);
  shade.addColorStop(0.7, tones.moon[1]);
  shade.addColorStop(1, tones.moon[2]);
  ctx.beginPath();
  ctx.arc(node.x, node.y, radius, 0, Math.PI * 2);
  ctx.fillStyle = shade;
  ctx.fill();
  ctx.lineWidth = node.state === 'alone' ? 1.6 : 3;
  ctx.setLineDash(node.state === 'alone' ? [5, 5] : []);
  ctx.strokeStyle = node.state === 'alone' ? tones.quiet : hue(node.hue);
  ctx.stroke();
  ctx.setLineDash([]);
  const fitted = moonText(ctx, node);
  if (fitted) writeLines(ctx, fitted, node.x, node.y - fitted.lines.length * fitted.size * fitted.lead / 2, tones.moonInk, 700, 'center');
}

function moonText(ctx, node) {
  const radius = node.width / 2;
  const least = Math.max(8, 11 / atlas.scale);
  const name = t(node.short) || t(node.name);
  const fitted = fitText(ctx, name, radius * 1.58, radius * 1.3, Math.max(least, Math.min(18, radius * 0.34)), least, 700, 1.2);
  const written = fitted.lines.join('').replace(/\s/g, '');
  const whole = written === name.replace(/\s/g, '');
  return fitted.whole && whole && fitted.lines.length * fitted.size * fitted.lead <= radius * 1.32 ? fitted : null;
}

/* A firm of the cluster map: a star in its anchor's colour, or a pie of the shares of several; what only inference
   joins to an anchor is hollow, with a dashed outline. */
function drawStar(ctx, node) {
  const tones = palette();
  const radius = node.width / 2;
  const outline = () => whereabouts(ctx, node.locality, node.x, node.y, radius);
  if (node.state === 'unreached') {
    outline();
    ctx.fillStyle = tones.ground;
    ctx.fill();
    ctx.lineWidth = 1.4;
    ctx.strokeStyle = tones.faint;
    ctx.stroke();
    return;
  }
  const inferred = node.basis === 'inferred';
  outline();
  ctx.fillStyle = tones.ground;
  ctx.fill();
  ctx.save();
  ctx.clip();
  if (inferred) ctx.globalAlpha *= 0.3;
  let from = -Math.PI / 2;
  for (const [index, weight] of node.shares) {
    const to = from + weight * Math.PI * 2;
    ctx.beginPath();
    ctx.moveTo(node.x, node.y);
    ctx.arc(node.x, node.y, radius * 1.3, from, to + 0.02);
    ctx.closePath();
    ctx.fillStyle = hue(index);
    ctx.fill();
    from = to;
  }
  ctx.restore();
  outline();
  ctx.setLineDash(inferred ? [3, 2.2] : []);
  ctx.lineWidth = node.state === 'shared' || inferred ? 1.8 : 1;
  ctx.strokeStyle = node.state === 'shared' ? tones.ink : inferred ? hue(node.shares[0][0]) : tones.halo;
  ctx.stroke();
  ctx.setLineDash([]);
}

const MARKS = { box: drawBox, header: drawHeader, pill: drawPill, moon: drawMoon, star: drawStar };

function drawMark(ctx, node) {
  ctx.save();
  if (atlas.near && !atlas.near.has(node.id) && node.mark !== 'header') ctx.globalAlpha *= node.mark === 'moon' ? 0.5 : 0.28;
  MARKS[node.mark](ctx, node);
  if (node.id === atlas.selected || node.id === atlas.hovered) {
    ctx.globalAlpha = 1;
    ctx.lineWidth = node.id === atlas.selected ? 3 : 1.6;
    ctx.strokeStyle = node.mark === 'moon' || node.mark === 'star' ? palette().ink : palette().strong;
    if (node.mark === 'moon' || node.mark === 'star') {
      ctx.beginPath();
      ctx.arc(node.x, node.y, node.width / 2 + 4, 0, Math.PI * 2);
    } else rounded(ctx, node.x - node.width / 2 - 3, node.y - node.height / 2 - 3, node.width + 6, node.height + 6, node.mark === 'pill' ? 40 : 8);
    ctx.stroke();
  }
  ctx.restore();
}

/* A small picture of one legend entry, drawn by the same hands as the map. */
function drawSwatch(canvas, swatch, view, ratio = window.devicePixelRatio || 1) {
  const ctx = canvas.getContext('2d');
  canvas.width = 30 * ratio;
  canvas.height = 18 * ratio;
  ctx.scale(ratio, ratio);
  const [facet, value] = swatch.split(':');
  if (facet === 'basis') {
    ctx.strokeStyle = '#44546a';
    ctx.lineWidth = 1.8;
    ctx.setLineDash(value === 'inferred' ? [5, 4] : []);
    ctx.beginPath();
    ctx.moveTo(1, 9);
    ctx.lineTo(view === 'chain' ? 28 : 16, 9);
    ctx.stroke();
    if (view === 'chain') return;
    ctx.setLineDash(value === 'inferred' ? [2.5, 2] : []);
    ctx.beginPath();
    if (view === 'cluster') ctx.arc(23, 9, 5, 0, Math.PI * 2);
    else ctx.roundRect(17, 4.5, 12, 9, 4.5);
    ctx.fillStyle = '#44546a';
    if (view === 'cluster' && value === 'recorded') ctx.fill();
    ctx.stroke();
  } else if (swatch === 'kind:anchor' || swatch === 'state:alone') {
    const shade = ctx.createRadialGradient(13, 7, 1, 15, 9, 8);
    PALETTES.paper.moon.forEach((color, place) => shade.addColorStop(place / 2, color));
    ctx.fillStyle = shade;
    ctx.beginPath();
    ctx.arc(15, 9, 8, 0, Math.PI * 2);
    ctx.fill();
    ctx.setLineDash(facet === 'state' ? [3, 2.4] : []);
    ctx.strokeStyle = '#5d6a7c';
    ctx.lineWidth = 1.2;
    ctx.stroke();
  } else if (facet === 'locality') {
    ctx.fillStyle = '#5d6a7c';
    whereabouts(ctx, value, 15, 9, 5);
    ctx.fill();
  } else if (view === 'cluster') {
    const theme = atlas.theme;
    atlas.theme = 'paper';
    const shares = value === 'shared' ? [[0, 0.55], [1, 0.45]] : [[0, 1]];
    drawStar(ctx, { x: 15, y: 9, width: value === 'shared' ? 14 : 12, state: value, shares, basis: '', locality: '' });
    atlas.theme = theme;
  } else {
    const look = STATES[value] || STATES.unknown;
    plate(ctx, look, 2, 2, 26, 14, look.bar ? 7 : 4);
    if (look.bar) {
      ctx.fillStyle = look.bar;
      ctx.beginPath();
      ctx.arc(9, 9, 3, 0, Math.PI * 2);
      ctx.fill();
    }
  }
}
