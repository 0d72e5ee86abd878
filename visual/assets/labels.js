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
    const text = shorten(ctx, t(node.short) || t(node.name), fontSize * 11.5, fontSize, weight);
    const width = measure(ctx, text, fontSize, weight) + 2 * margin;
    const height = fontSize * 1.25;
    const beside = node.width / 2 + margin * 2;
    const under = node.height / 2 + margin;
    const spots = [
      [node.x + beside, node.y - height / 2], [node.x - beside - width, node.y - height / 2],
      [node.x - width / 2, node.y + under], [node.x - width / 2, node.y - under - height],
      [node.x + beside * 0.7, node.y + under * 0.5], [node.x + beside * 0.7, node.y - under * 0.5 - height],
      [node.x - beside * 0.7 - width, node.y + under * 0.5], [node.x - beside * 0.7 - width, node.y - under * 0.5 - height],
    ];
    if (moon) spots.unshift(spots.splice(2, 1)[0]);
    if (node.state === 'unreached' && node.x > 0) spots.unshift(spots.splice(1, 1)[0]);
    for (const [x, y] of spots) {
      const box = { left: x, top: y, right: x + width, bottom: y + height, id: node.id, text, fontSize, weight };
      if (within(box) && free(box)) {
        take(box);
        boxes.push(box);
        break;
      }
    }
  }
  return boxes;
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
    ctx.textAlign = 'left';
    ctx.textBaseline = 'middle';
    ctx.lineJoin = 'round';
    ctx.lineWidth = box.fontSize * 0.28;
    ctx.strokeStyle = tones.halo;
    const x = box.left + 2 / atlas.scale;
    const y = (box.top + box.bottom) / 2;
    ctx.strokeText(box.text, x, y);
    ctx.fillStyle = tones.ink;
    ctx.fillText(box.text, x, y);
    ctx.restore();
  }
}

/* The name of a star under the pointer, when it found no place of its own. */
function drawHoverLabel(ctx, node) {
  if (!node || node.mark !== 'star' || placed.boxes.some((box) => box.id === node.id)) return;
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
