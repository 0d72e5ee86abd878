/* Names beside stars and under moons: as many as fit at this zoom, the important first, none over another. */

const LABEL_SIZE = 12;
const placed = { key: '', boxes: [] };

function cells(box, size, visit) {
  for (let column = Math.floor(box.left / size); column <= Math.floor(box.right / size); column += 1) {
    for (let row = Math.floor(box.top / size); row <= Math.floor(box.bottom / size); row += 1) {
      if (visit(`${column},${row}`)) return true;
    }
  }
  return false;
}

function overlaps(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function isNear(node) {
  return Number(Boolean(atlas.near && atlas.near.has(node.id)));
}

function placeLabels(ctx, nodes, captions) {
  const size = LABEL_SIZE / atlas.scale;
  const grid = new Map();
  const cell = size * 8;
  const take = (box) => cells(box, cell, (key) => {
    if (!grid.has(key)) grid.set(key, []);
    grid.get(key).push(box);
    return false;
  });
  const free = (box) => !cells(box, cell, (key) => (grid.get(key) || []).some((other) => overlaps(box, other)));
  const margin = 2 / atlas.scale;
  for (const node of nodes) {
    const halfWidth = node.width / 2 + margin;
    const halfHeight = node.height / 2 + margin;
    take({ left: node.x - halfWidth, right: node.x + halfWidth, top: node.y - halfHeight, bottom: node.y + halfHeight });
  }
  captions.forEach(take);
  const boxes = [];
  const [left, top, right, bottom] = data.bounds;
  const edge = 18 / atlas.scale;
  const within = (box) => box.left > left - edge && box.right < right + edge && box.top > top - edge && box.bottom < bottom + edge;
  const crowd = nodes.filter((node) => node.state === 'unreached').length > 90 && atlas.scale < 0.8;
  const order = nodes.filter((node) => node.mark === 'star' || (node.mark === 'moon' && !moonText(ctx, node)))
    .filter((node) => !crowd || node.state !== 'unreached' || node.id === atlas.selected)
    .sort((a, b) => isNear(b) - isNear(a) || b.rank - a.rank || (a.id < b.id ? -1 : 1));
  for (const node of order) {
    const moon = node.mark === 'moon';
    const weight = moon ? 700 : 400;
    const fontSize = moon ? size * 1.12 : size;
    let found = false;
    for (const lines of wordings(ctx, node, fontSize, weight)) {
      const width = Math.max(...lines.map((line) => measure(ctx, line, fontSize, weight))) + 2 * margin;
      const box = labelSpots(node, width, lines.length * fontSize * 1.25, margin)
        .map(([x, y, height, align]) => ({ left: x, top: y, right: x + width, bottom: y + height, align, id: node.id, lines, fontSize, weight }))
        .find((spot) => within(spot) && free(spot));
      if (!box) continue;
      take(box);
      boxes.push(box);
      found = true;
      break;
    }
    if (moon && !found) boxes.push(onTheDisc(ctx, node, size));
  }
  return boxes;
}

/* An anchor is never without a name: where there is no room around it, as much of it as the disc takes. */
function onTheDisc(ctx, node, size) {
  const radius = node.width / 2;
  const fitted = fitText(ctx, t(node.short) || t(node.name), radius * 1.58, radius * 1.3, size, size, 700, 1.25);
  const half = fitted.lines.length * size * 0.625;
  return { left: node.x - radius, right: node.x + radius, top: node.y - half, bottom: node.y + half, align: 'center', id: node.id, lines: fitted.lines, fontSize: size, weight: 700, disc: true };
}

/* A name whole on one line or two; where that finds no room, its beginning. */
function wordings(ctx, node, size, weight) {
  const name = t(node.short) || t(node.name);
  if (measure(ctx, name, size, weight) <= size * 9) return [[name]];
  const broken = fitText(ctx, name, Math.max(size * 9, measure(ctx, name, size, weight) * 0.56), size * (node.mark === 'moon' ? 3.9 : 2.6), size, size, weight, 1.25).lines;
  return [...(node.mark === 'moon' ? [] : [[name]]), broken, [shorten(ctx, name, size * 9, size, weight)]];
}

/* Where a name may stand around its mark, the best place first: x, y, height, alignment. */
function labelSpots(node, width, height, margin) {
  const beside = node.width / 2 + margin * 2;
  const under = node.height / 2 + margin;
  const spots = [
    [node.x + beside, node.y - height / 2, height, 'left'], [node.x - beside - width, node.y - height / 2, height, 'right'],
    [node.x - width / 2, node.y + under, height, 'center'], [node.x - width / 2, node.y - under - height, height, 'center'],
    ...[1, -1].flatMap((way) => [0.7, 0.2].flatMap((lean) => {
      const y = way > 0 ? node.y + under * (1.2 - lean) : node.y - under * (1.2 - lean) - height;
      return [[node.x + beside * lean, y, height, 'left'], [node.x - beside * lean - width, y, height, 'right']];
    })),
  ];
  if (node.mark === 'moon') spots.unshift(spots.splice(2, 1)[0]);
  if (node.state === 'unreached' && node.x > 0) spots.unshift(spots.splice(1, 1)[0]);
  return spots;
}

function captionBoxes(ctx) {
  return data.backdrops.filter((item) => item.shape === 'text' && t(item.label)).map((item) => {
    const size = Math.min(Math.max(item.size, 12 / atlas.scale), item.size * 1.25);
    const lines = t(item.label).split('\n');
    const width = Math.max(...lines.map((line) => measure(ctx, line, size, 700)));
    const left = item.align === 'right' ? item.x - width : item.align === 'left' ? item.x : item.x - width / 2;
    return { left, right: left + width, top: item.y - lines.length * size * 0.65, bottom: item.y + lines.length * size * 0.65 };
  });
}

function drawLabels(ctx, nodes, version) {
  const key = `${atlas.lang}|${Math.round(atlas.scale * 200)}|${version}|${atlas.selected}`;
  if (placed.key !== key) {
    placed.key = key;
    placed.boxes = placeLabels(ctx, nodes, captionBoxes(ctx));
  }
  const tones = palette();
  for (const box of placed.boxes) {
    ctx.save();
    if (atlas.near && !atlas.near.has(box.id)) ctx.globalAlpha = 0.22;
    ctx.font = font(box.fontSize, box.weight);
    ctx.textAlign = box.align;
    ctx.textBaseline = 'middle';
    ctx.lineJoin = 'round';
    ctx.lineWidth = box.fontSize * 0.28;
    ctx.strokeStyle = tones.halo;
    const margin = 2 / atlas.scale;
    const x = { left: box.left + margin, right: box.right - margin, center: (box.left + box.right) / 2 }[box.align];
    box.lines.forEach((line, place) => {
      const y = box.top + box.fontSize * 1.25 * (place + 0.5);
      if (!box.disc) ctx.strokeText(line, x, y);
      ctx.fillStyle = box.disc ? tones.moonInk : tones.ink;
      ctx.fillText(line, x, y);
    });
    ctx.restore();
  }
}

/* The full name of what is under the pointer, where the map shows none or a shortened one. */
function drawHoverLabel(ctx, node) {
  if (!node || node.mark === 'moon') return;
  const held = placed.boxes.find((box) => box.id === node.id);
  if (held && !held.lines.at(-1).endsWith('…')) return;
  if (node.mark === 'pill' && atlas.scale > 0.75) return;
  const tones = palette();
  const size = 13 / atlas.scale;
  const text = t(node.name);
  const width = measure(ctx, text, size, 600) + size;
  const x = node.x + node.width / 2 + size * 0.4;
  rounded(ctx, x, node.y - size, width, size * 2, size * 0.4);
  ctx.fillStyle = tones.card;
  ctx.fill();
  ctx.lineWidth = 1 / atlas.scale;
  ctx.strokeStyle = tones.line;
  ctx.stroke();
  writeLines(ctx, { size, lines: [text], lead: 2 }, x + size / 2, node.y - size, tones.ink, 600);
}
